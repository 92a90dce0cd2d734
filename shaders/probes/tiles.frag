#version 410 core
// The mean light of each tile of a raster of LEDs, one pixel for a tile, in rows of the target from `first_row` on. What is
// brighter than `most` is cut off, or with ABOVE is all that counts. AROUND counts each by how much of all directions it is.
// MOMENTS gives the mean of where light comes from, times its luminance, and in alpha that luminance.

uniform sampler2D light;    // alpha: 0 where there is no LED
uniform ivec2 tiles;        // across and down
uniform ivec2 in_tile;      // LEDs
uniform int first_row;
uniform int row_px;
uniform float least;
uniform float most;
#ifdef AROUND
uniform sampler2D positions; // around the origin, in rows of elevation
const vec3 LUMINANCE = vec3(0.2126, 0.7152, 0.0722);
#endif

out vec4 reached;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    int number = (pixel.y - first_row) * row_px + pixel.x;
    ivec2 corner = ivec2(number % tiles.x, min(number / tiles.x, tiles.y - 1)) * in_tile;
    vec4 sum = vec4(0.0);
    float there = 0.0;
    for (int down = 0; down < in_tile.y; down++) {
        for (int aside = 0; aside < in_tile.x; aside++) {
            ivec2 led = corner + ivec2(aside, down);
            vec4 one = texelFetch(light, led, 0);
            float weight = one.a;
#ifdef AROUND
            vec3 place = texelFetch(positions, led, 0).xyz;
            vec3 towards = one.a > 0.0 ? normalize(place) : vec3(0.0);
            weight *= length(towards.xy);
#endif
            there += weight;
#if defined(MOMENTS)
            sum += weight * max(dot(one.rgb, LUMINANCE), 0.0) * vec4(towards, 1.0);
#elif defined(ABOVE)
            sum.rgb += weight * max(one.rgb - most, 0.0);
#else
            sum.rgb += weight * clamp(one.rgb, least, most);
#endif
        }
    }
    vec4 mean = sum / max(there, 1e-6);
#ifdef MOMENTS
    reached = mean;
#else
    reached = vec4(mean.rgb, there);
#endif
}
