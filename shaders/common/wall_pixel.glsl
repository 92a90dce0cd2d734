// The LED being drawn: column and row from the wall's upper left corner, and the raster's size.

uniform ivec2 raster;

ivec2 wall_pixel() {
    return ivec2(gl_FragCoord.xy);
}
