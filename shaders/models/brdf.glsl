// How a surface of metal and roughness reflects: glTF 2.0, appendix B.3, for light from one direction; for light from all
// around, with the light that bounces between microfacets given back (Fdez-Agüera, "A Multiple-Scattering Microfacet Model
// for Real-Time Image Based Lighting", JCGT 8(1), 2019).

const float SMALLEST_ALPHA = 0.001;

struct Surface {
    vec3 normal;
    vec3 towards_eye;
    vec3 diffuse; // the colour that is left for it
    vec3 facing; // reflectance seen straight on
    float facing_eye; // cosine of normal and eye
    float roughness;
    float alpha;
};

Surface surface_of(vec3 normal, vec3 towards_eye, vec3 colour, float metallic, float roughness) {
    Surface surface;
    surface.normal = normal;
    surface.towards_eye = towards_eye;
    surface.diffuse = colour * (1.0 - metallic);
    surface.facing = mix(vec3(0.04), colour, metallic);
    surface.facing_eye = clamp(abs(dot(normal, towards_eye)), 1e-4, 1.0);
    surface.roughness = roughness;
    surface.alpha = max(roughness * roughness, SMALLEST_ALPHA);
    return surface;
}

float smith_term(float cosine, float alpha_squared) {
    return cosine + sqrt(alpha_squared + (1.0 - alpha_squared) * cosine * cosine);
}

// Light that leaves towards the eye, of light from one direction that would give a surface facing it an irradiance of 1.
vec3 reflected(Surface surface, vec3 towards_light) {
    float facing_light = dot(surface.normal, towards_light);
    vec3 between = normalize(towards_light + surface.towards_eye);
    float towards_half = dot(surface.normal, between);
    float squared = surface.alpha * surface.alpha;
    vec3 off = cross(surface.normal, between); // sine squared: 1 - cosine squared would lose the peak of smooth surfaces
    float spread = dot(off, off) + squared * towards_half * towards_half;
    float masked = smith_term(surface.facing_eye, squared) * smith_term(max(facing_light, 0.0), squared);
    float distributed_seen = squared * ONE_OVER_PI / (spread * spread * masked);
    float grazing = 1.0 - clamp(dot(surface.towards_eye, between), 0.0, 1.0);
    float grazing_squared = grazing * grazing;
    vec3 fresnel = mix(surface.facing, vec3(1.0), grazing_squared * grazing_squared * grazing);
    vec3 sum = (1.0 - fresnel) * surface.diffuse * ONE_OVER_PI + fresnel * distributed_seen;
    return max(facing_light, 0.0) * sum;
}

// The same of light from all around: what comes from where a mirror would look, spread by roughness; irradiance; and the
// scale and offset of `facing` that a split sum has.
vec3 reflected_around(Surface surface, vec3 mirrored, vec3 irradiance_here, vec2 split_sum) {
    vec3 once = surface.facing * split_sum.x + split_sum.y;
    float lost = 1.0 - (split_sum.x + split_sum.y);
    vec3 mean = surface.facing + (1.0 - surface.facing) * (1.0 / 21.0);
    vec3 again = lost * once * mean / (1.0 - lost * mean);
    vec3 through = surface.diffuse * (1.0 - once - again);
    return once * mirrored + (again + through) * irradiance_here * ONE_OVER_PI;
}

// A split sum without its table: Karis, "Physically Based Shading on Mobile" (2014), after Lazarov (2013).
vec2 split_sum_nearly(float roughness, float facing_eye) {
    vec4 bent = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    float grazing = min(bent.x * bent.x, exp2(-9.28 * facing_eye)) * bent.x + bent.y;
    return vec2(-1.04, 1.04) * grazing + bent.zw;
}
