// How much of the sun reaches a place, by depths seen from the sun: one cascade in a picture, or four in its quarters.

uniform sampler2DShadow shadows;

// Of one cascade, around which its picture is empty, so that nothing beyond it has to be told apart.
float sun_share(vec3 place) {
    return textureLod(shadows, place, 0.0);
}

// Nine places a texel apart, each of four depths: an edge as soft as four texels, whose middle is where the edge is.
float soft_sun_share(vec3 place) {
    float side = sun_towards.w; // of a texel, in a picture from 0 to 1
    int tiles = counts.z;
    for (int cascade = 0; cascade < counts.y; cascade++) {
        vec3 inside = (shadow_from_near[cascade] * vec4(place, 1.0)).xyz;
        if (all(lessThan(abs(inside.xy), vec2(1.0 - 6.0 * side * float(tiles)))) && abs(inside.z) < 1.0) {
            vec2 tile = vec2(cascade % tiles, cascade / tiles);
            vec3 middle = vec3((0.5 + 0.5 * inside.xy + tile) / float(tiles), 0.5 + 0.5 * inside.z);
            float sum = 0.0;
            for (int tap = 0; tap < 9; tap++) {
                vec2 off = vec2(tap % 3 - 1, tap / 3 - 1) * side;
                sum += textureLod(shadows, middle + vec3(off, 0.0), 0.0);
            }
            return sum / 9.0;
        }
    }
    return 1.0;
}
