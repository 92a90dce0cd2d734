// Where a ray from the eye meets a wall: `place` is across and down the raster from 0 to 1, and the distance in lengths of
// the ray; `lit` whether it meets the side with the LEDs. False where it does not meet it.

#if defined(ARC)
const float TURN = 6.28318530718;

// The nearer of the two roots that are within the sweep and the height. The form of each avoids a difference of like
// numbers, which single precision would lose. Only one of them is asked for its angle: of the other its cosine is enough.
bool meets(vec3 ray, vec2 tangents, out vec3 place, out bool lit) {
    float square = dot(ray.xy, ray.xy);
    float halved = dot(wall_eye.xy, ray.xy);
    float inside = halved * halved - square * wall_arc.x;
    float root = sqrt(max(inside, 0.0));
    float sum = halved < 0.0 ? root - halved : -root - halved;
    float one = sum / square, other = sum == 0.0 ? 0.0 : wall_arc.x / sum;
    vec3 first = wall_eye + min(one, other) * ray;
    float first_up = first.z * wall_arc.z;
    bool is_back = wall_arc.x > 0.0 && min(one, other) > 0.0 && first_up >= 0.0 && first_up <= 1.0;
    lit = !(is_back && dot(first.xy, wall_ends.xy) >= wall_ends.z);
    float reach = lit ? max(one, other) : min(one, other);
    vec3 point = wall_eye + reach * ray;
    float turned = atan(point.x, point.y) + wall_arc.w;
    float across = 0.5 + (turned - TURN * round(turned / TURN)) * wall_arc.y;
    float up = point.z * wall_arc.z;
    place = vec3(across, 1.0 - up, reach);
    bool is_on = across >= 0.0 && across <= 1.0 && up >= 0.0 && up <= 1.0;
    return inside >= 0.0 && square > 0.0 && reach > 0.0 && is_on;
}
#elif defined(MESH)
uniform sampler2D nearest_triangle; // its number from 1, 0 for none
uniform vec4 edges;                 // its left, bottom, width and height as tangents
uniform sampler2D triangles;        // four texels each: three corners with u, then the three v and the side

const int TRIANGLES_A_ROW = 256;

// A ray is inside a triangle where its products with the normals of the three planes through eye and edges have one sign.
bool meets_triangle(int number, vec3 ray, inout vec3 place, inout bool lit) {
    ivec2 texel = ivec2(4 * (number % TRIANGLES_A_ROW), number / TRIANGLES_A_ROW);
    vec4 a = texelFetch(triangles, texel, 0), b = texelFetch(triangles, texel + ivec2(1, 0), 0);
    vec4 c = texelFetch(triangles, texel + ivec2(2, 0), 0), more = texelFetch(triangles, texel + ivec2(3, 0), 0);
    vec3 first = a.xyz - wall_eye, second = b.xyz - wall_eye, third = c.xyz - wall_eye;
    vec3 product = vec3(dot(cross(second, third), ray), dot(cross(third, first), ray), dot(cross(first, second), ray));
    float volume = dot(first, cross(second, third));
    float total = product.x + product.y + product.z;
    float reach = volume / total;
    bool inside = all(greaterThanEqual(product, vec3(0.0))) || all(lessThanEqual(product, vec3(0.0)));
    if (!inside || total == 0.0 || !(reach > 0.0) || (place.z > 0.0 && reach >= place.z)) {
        return false;
    }
    vec3 weight = product / total;
    place = vec3(dot(weight, vec3(a.w, b.w, c.w)), 1.0 - dot(weight, more.xyz), reach);
    lit = (volume < 0.0) != (more.w > 0.5);
    return true;
}

// The triangle of the picture's pixel and those around it are tried, so that edges lie where the rays say.
bool meets(vec3 ray, vec2 tangents, out vec3 place, out bool lit) {
    ivec2 size = textureSize(nearest_triangle, 0);
    ivec2 centre = ivec2(floor((tangents - edges.xy) / edges.zw * vec2(size)));
    bool met = false;
    int last = 0;
    place = vec3(0.0);
    lit = false;
    for (int down = -1; down <= 1; down++) {
        for (int aside = -1; aside <= 1; aside++) {
            ivec2 texel = clamp(centre + ivec2(aside, down), ivec2(0), size - 1);
            int number = int(texelFetch(nearest_triangle, texel, 0).r + 0.5);
            if (number > 0 && number != last) {
                met = meets_triangle(number - 1, ray, place, lit) || met;
                last = number;
            }
        }
    }
    return met;
}
#else // a plane
bool meets(vec3 ray, vec2 tangents, out vec3 place, out bool lit) {
    float towards = dot(wall_normal.xyz, ray);
    float reach = -wall_normal.w / towards;
    float across = wall_across.w + reach * dot(wall_across.xyz, ray);
    float up = wall_up.w + reach * dot(wall_up.xyz, ray);
    place = vec3(across, 1.0 - up, reach);
    lit = towards < 0.0;
    return reach > 0.0 && across >= 0.0 && across <= 1.0 && up >= 0.0 && up <= 1.0;
}
#endif
