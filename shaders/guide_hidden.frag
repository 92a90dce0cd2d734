#version 410 core
// How much of the guide's floor what stands in a scene hides from one eye, for each LED of a wall that its picture has.

uniform sampler2D positions;
uniform sampler2D depths; // 1 less `look_near` over the distance along the picture's axis
uniform float look_near;
uniform vec3 look_eye;
uniform mat3 look_from_stage; // to a place in the picture, times the depth along its axis
uniform mat3 camera_from_stage; // rows: right, up, ahead
uniform vec4 camera_view;       // left, bottom, right, top of what the eye has: tangents
uniform float guide_floor;

out vec4 hidden;

const float LOW_M = 0.1; // what is no higher over the floor is the scene's ground
const float HIGH_M = 0.2;

void main() {
    vec3 ray = texelFetch(positions, ivec2(gl_FragCoord.xy), 0).xyz - look_eye;
    vec3 seen = look_from_stage * ray;
    vec3 aimed = camera_from_stage * ray;
    vec2 inside = min(seen.xy, seen.zz - seen.xy);
    vec4 beyond = vec4(aimed.xy - camera_view.xy * aimed.z, camera_view.zw * aimed.z - aimed.xy);
    if (seen.z <= 0.0 || aimed.z <= 0.0 || min(inside.x, inside.y) < 0.0 || any(lessThan(beyond, vec4(0.0)))) {
        discard;
    }
    float nearness = (1.0 - textureLod(depths, seen.xy / seen.z, 0.0).r) * seen.z / look_near;
    float height = look_eye.z - guide_floor + ray.z / max(nearness, 1e-9);
    hidden = vec4(ray.z < 0.0 ? smoothstep(LOW_M, HIGH_M, height) : 0.0);
}
