// Where a ray from `eye` meets a wall: `place` is across and down the raster from 0 to 1, and the distance in lengths of
// the ray; `lit` whether it meets the side with the LEDs. False where it does not meet it.

#if defined(ARC)
uniform vec4 arc; // radius and height in metres, sweep and turn in radians

const float TURN = 6.28318530718;

bool at(vec3 ray, float reach, out vec3 place) {
    vec3 point = eye + reach * ray;
    float turned = atan(point.x, point.y) + arc.w;
    float across = 0.5 + (turned - TURN * round(turned / TURN)) / arc.z;
    float up = point.z / arc.y;
    place = vec3(across, 1.0 - up, reach);
    return reach > 0.0 && across >= 0.0 && across <= 1.0 && up >= 0.0 && up <= 1.0;
}

// The nearer of the two roots that are within the sweep and the height. The form of each avoids a difference of like
// numbers, which single precision would lose.
bool meets(vec3 ray, vec2 tangents, out vec3 place, out bool lit) {
    float square = dot(ray.xy, ray.xy);
    float halved = dot(eye.xy, ray.xy);
    float beyond = dot(eye.xy, eye.xy) - arc.x * arc.x;
    float inside = halved * halved - square * beyond;
    lit = true;
    place = vec3(0.0);
    if (inside < 0.0 || square <= 0.0) {
        return false;
    }
    float root = sqrt(inside);
    float sum = halved < 0.0 ? root - halved : -root - halved;
    float one = sum / square, other = sum == 0.0 ? 0.0 : beyond / sum;
    vec3 near_place;
    if (beyond > 0.0 && at(ray, min(one, other), near_place)) {
        place = near_place;
        lit = false;
        return true;
    }
    return at(ray, max(one, other), place);
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
    vec3 first = a.xyz - eye, second = b.xyz - eye, third = c.xyz - eye;
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
uniform vec3 dual_across;
uniform vec3 dual_up;
uniform vec3 normal;

bool meets(vec3 ray, vec2 tangents, out vec3 place, out bool lit) {
    float towards = dot(normal, ray);
    float reach = -dot(normal, eye) / towards;
    float across = dot(dual_across, eye) + reach * dot(dual_across, ray);
    float up = dot(dual_up, eye) + reach * dot(dual_up, ray);
    place = vec3(across, 1.0 - up, reach);
    lit = towards < 0.0;
    return reach > 0.0 && across >= 0.0 && across <= 1.0 && up >= 0.0 && up <= 1.0;
}
#endif
