// Rain, snow and dust by themselves, as a layer of light and cover before others.

#include "common/weather.glsl"

vec4 layer_light(vec3 eye, vec3 ray, float width) {
#ifdef WEATHER
    return weather_at(eye, ray, width * inversesqrt(dot(ray, ray)));
#else
    return vec4(0.0);
#endif
}

float layer_nearness(vec3 eye, vec3 ray) {
    return 0.0;
}
