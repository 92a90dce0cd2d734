// A material's numbers, and where its maps are looked up. UVs of a map: two rows of a matrix, and which set in w.

layout(std140) uniform Material {
    vec4 base_colour;
    vec4 emitted; // w: alpha below which a masked material shows nothing
    vec4 factors; // metallic, roughness, scale of normals, strength of occlusion
    vec4 map_rows[10]; // colour, metal and roughness, normals, occlusion, emitted
};

vec2 map_place(int map, vec2 set_0, vec2 set_1) {
    vec4 along = map_rows[2 * map];
    vec4 down = map_rows[2 * map + 1];
    vec3 place = vec3(mix(set_0, set_1, along.w), 1.0);
    return vec2(dot(along.xyz, place), dot(down.xyz, place));
}
