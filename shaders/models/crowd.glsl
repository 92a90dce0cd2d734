// A figure of a crowd: where it is on its way at a moment, and how its bones lie there. See render/models/crowd.py.

in vec4 way;  // where its stretch begins, and its direction
in vec4 gait; // length of the stretch, times to and fro in a loop, share at the start, cycles of the movement for one time
in vec4 look; // size, tint

uniform mat4 stage_from_crowd;
uniform float moment;   // share of the loop
uniform ivec3 posed;    // first texel of the part's bones, bones of a pose, poses of a cycle

const float TURNING_M = 0.35;

float turned_by(float past) {
    return smoothstep(-TURNING_M, TURNING_M, past);
}

// From the axes of the figure to the crowd's ground; the fourth column is where it stands.
mat4 crowd_from_figure(out float cycle) {
    float share = fract(gait.z + gait.y * moment);
    float gone = 2.0 * gait.x * share;
    float along = gone < gait.x ? gone : 2.0 * gait.x - gone;
    float turns = gait.x > 0.0 ? turned_by(gone - gait.x) + turned_by(gone - 2.0 * gait.x) + turned_by(gone) - 1.0 : 0.0;
    vec2 facing = vec2(cos(3.14159265 * turns), sin(3.14159265 * turns));
    vec2 ahead = vec2(way.z * facing.x - way.w * facing.y, way.z * facing.y + way.w * facing.x);
    cycle = fract(gait.w * share + 7.31 * gait.z);
    vec2 place = way.xy + along * way.zw;
    return mat4(
        look.x * vec4(ahead.y, -ahead.x, 0.0, 0.0), look.x * vec4(ahead, 0.0, 0.0), vec4(0.0, 0.0, look.x, 0.0),
        vec4(place, 0.0, 1.0)
    );
}

int first_bone(float cycle) {
    return posed.x + 3 * posed.y * (int(cycle * float(posed.z)) % posed.z);
}

vec3 tinted(vec4 colour) {
    return colour.rgb * mix(vec3(1.0), look.yzw, colour.a);
}
