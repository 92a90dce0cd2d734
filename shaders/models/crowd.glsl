// A figure of a crowd: where it is on its way at a moment, and how its bones lie there. See render/models/crowd.py.

in vec4 way;  // where its stretch begins, and its direction
in vec4 gait; // length of the stretch, times to and fro in a loop, share at the start, cycles of the movement for one time
in vec4 look; // size, tint
#ifdef UNEVEN
in vec4 ground; // how high its way begins, its first bend, how many it has, about how high it is

uniform sampler2D way_bends; // how far along its way each is, and how high
const int WAY_BENDS_WIDTH = 1024;
#endif

uniform mat4 stage_from_crowd;
uniform float moment;   // share of the loop
uniform ivec3 posed;    // first texel of the part's bones, bones of a pose, poses of a cycle

const float TURNING_M = 0.35;

float turned_by(float past) {
    return smoothstep(-TURNING_M, TURNING_M, past);
}

#ifdef UNEVEN
vec2 way_bend(int place) {
    int index = int(ground.y) + place;
    return texelFetch(way_bends, ivec2(index % WAY_BENDS_WIDTH, index / WAY_BENDS_WIDTH), 0).xy;
}

// How high the ground is along a way: straight between its bends, the last of which is its end.
float ground_height(float along) {
    int low = 0;
    int high = int(ground.z) - 1;
    if (high < 1) {
        return ground.x;
    }
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (way_bend(middle).x <= along) {
            low = middle;
        } else {
            high = middle;
        }
    }
    vec2 before = way_bend(low);
    vec2 after = way_bend(high);
    float width = after.x - before.x;
    return width > 0.0 ? mix(before.y, after.y, clamp((along - before.x) / width, 0.0, 1.0)) : after.y;
}
#else
float ground_height(float along) {
    return 0.0;
}
#endif

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
        vec4(place, ground_height(along), 1.0)
    );
}

int first_bone(float cycle) {
    return posed.x + 3 * posed.y * (int(cycle * float(posed.z)) % posed.z);
}

vec3 tinted(vec4 colour) {
    return colour.rgb * mix(vec3(1.0), look.yzw, colour.a);
}
