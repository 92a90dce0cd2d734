// A vertex in the stage's axes: moved by morphs and joints in its own, then taken to where its instance stands.

uniform sampler2D bends; // matrices of joints, three texels each, and weights of morphs, one a texel
uniform sampler2D morphs; // for each morph and vertex: place, normal, tangent

#ifdef CROWD
#include "models/crowd.glsl"
#else
in vec4 row_0; // of the matrix stage from mesh
in vec4 row_1;
in vec4 row_2;
in vec4 own; // the first texel of its joints, of its weights
#endif
in vec4 joints_0;
in vec4 weights_0;
in vec4 joints_1;
in vec4 weights_1;

const int BENDS_WIDTH = 768;
const int MORPHS_WIDTH = 1536;

struct Bent {
    vec3 place;
    vec3 normal;
    vec3 tangent;
};

vec4 bend_texel(int index) {
    return texelFetch(bends, ivec2(index % BENDS_WIDTH, index / BENDS_WIDTH), 0);
}

vec3 morph_texel(int index) {
    return texelFetch(morphs, ivec2(index % MORPHS_WIDTH, index / MORPHS_WIDTH), 0).xyz;
}

void add_joints(int all, vec4 joints, vec4 weights, inout vec4 rows[3]) {
    for (int joint = 0; joint < 4; joint++) {
        int first = all + 3 * int(joints[joint]);
        for (int row = 0; row < 3; row++) {
            rows[row] += weights[joint] * bend_texel(first + row);
        }
    }
}

Bent bent_vertex(vec3 place, vec3 normal, vec3 tangent) {
#if defined(MORPHS) && !defined(CROWD)
    int vertices = int(own.w);
    for (int morph = 0; morph < int(own.z); morph++) {
        float weight = bend_texel(int(own.y) + morph).x;
        int first = 3 * (morph * vertices + gl_VertexID);
        place += weight * morph_texel(first);
        normal += weight * morph_texel(first + 1);
        tangent += weight * morph_texel(first + 2);
    }
#endif
#ifdef CROWD
    float cycle;
    mat4 stands = stage_from_crowd * crowd_from_figure(cycle);
    int all = first_bone(cycle);
    vec4 rows[3] = vec4[3](bend_texel(all), bend_texel(all + 1), bend_texel(all + 2));
#else
    int all = int(own.x);
    vec4 rows[3] = vec4[3](row_0, row_1, row_2);
#endif
#ifdef ONE_JOINT
    int only = all + 3 * int(joints_0.x);
    rows = vec4[3](bend_texel(only), bend_texel(only + 1), bend_texel(only + 2));
#elif defined(JOINTS)
    rows = vec4[3](vec4(0.0), vec4(0.0), vec4(0.0));
    add_joints(all, joints_0, weights_0, rows);
#ifdef JOINTS_8
    add_joints(all, joints_1, weights_1, rows);
#endif
#endif
#ifdef CROWD
    mat4 whole = stands * transpose(mat4(rows[0], rows[1], rows[2], vec4(0.0, 0.0, 0.0, 1.0)));
    whole = transpose(whole);
    rows = vec4[3](whole[0], whole[1], whole[2]);
#endif
    // Normals go by the inverse transpose, which is the cofactors over the determinant; only its sign counts here.
    vec3 first = cross(rows[1].xyz, rows[2].xyz);
    vec3 second = cross(rows[2].xyz, rows[0].xyz);
    vec3 third = cross(rows[0].xyz, rows[1].xyz);
    float turned = dot(rows[0].xyz, first) < 0.0 ? -1.0 : 1.0;
    vec3 turned_normal = turned * vec3(dot(first, normal), dot(second, normal), dot(third, normal));
    float squared = dot(turned_normal, turned_normal);
    Bent bent;
    bent.place = vec3(dot(rows[0], vec4(place, 1.0)), dot(rows[1], vec4(place, 1.0)), dot(rows[2], vec4(place, 1.0)));
    bent.normal = squared > 0.0 ? turned_normal * inversesqrt(squared) : vec3(0.0, 0.0, 1.0);
    bent.tangent = vec3(dot(rows[0].xyz, tangent), dot(rows[1].xyz, tangent), dot(rows[2].xyz, tangent));
    return bent;
}
