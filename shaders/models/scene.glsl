// What all triangles of a view share. Places are metres from the eye, along the stage's axes; light is ACEScg.

const int CASCADES = 4;
const int MOST_LAMPS = 8;

layout(std140) uniform Scene {
    mat4 clip_from_near;
    mat4 shadow_from_near[CASCADES]; // from -1 to 1 inside a cascade; of one alone, places in its picture and depths there
    vec4 irradiance[9]; // spherical harmonics by rising degree and order
    vec4 lamps[3 * MOST_LAMPS]; // place and 1 / range; light and the cone's slope; where it shines and the cone's offset
    vec4 eye; // w: how dark it is for lamps that shine at dusk
    vec4 sun_towards; // w: side of a shadow's texel as a share of its cascade
    vec4 sun_light; // on a surface that faces it; w: levels of the prefiltered light
    vec4 dusk_light; // of lamps that shine at dusk, on whoever stands below them and looks up; w: what
                     // the harmonics are multiplied by
    ivec4 counts; // lamps, cascades
};

// Of Rec.709, columns. A constant: software reads a number of a block anew for every few pixels.
const mat3 ACESCG = mat3(
    0.613097402, 0.0701937225, 0.0206155929,
    0.339523146, 0.916353879, 0.109569773,
    0.0473794514, 0.0134523985, 0.869814634
);

vec3 acescg(vec3 rec709) {
    return ACESCG * rec709;
}
