// What all triangles of a view share. Places are metres from the eye, along the stage's axes; light is ACEScg.

const int CASCADES = 4;
const int MOST_LAMPS = 8;

layout(std140) uniform Scene {
    mat4 clip_from_near;
    mat4 shadow_from_near[CASCADES]; // from -1 to 1 inside a cascade; of one alone, places in its picture and depths there
    vec4 irradiance[9]; // spherical harmonics by rising degree and order
    vec4 lamps[3 * MOST_LAMPS]; // place and 1 / range; light and the cone's slope; where it shines and the cone's offset
    vec4 acescg_from_rec709[3]; // columns
    vec4 eye; // w: how dark it is for lamps that shine at dusk
    vec4 sun_towards; // w: side of a shadow's texel as a share of its cascade
    vec4 sun_light; // on a surface that faces it; w: levels of the prefiltered light
    vec4 dusk_light; // of lamps that shine at dusk, on whoever stands below them and looks up; w: what
                     // the harmonics are multiplied by
    ivec4 counts; // lamps, cascades
};

vec3 acescg(vec3 rec709) {
    return rec709.r * acescg_from_rec709[0].rgb + rec709.g * acescg_from_rec709[1].rgb
        + rec709.b * acescg_from_rec709[2].rgb;
}
