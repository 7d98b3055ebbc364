package org.nnlang.opencl.code;

import java.util.List;

/// What a window sees of images that lie channels last, as text: a window of p × q places stops at r × s pixels of an image of
/// h × w with n channels.
///
/// @param moves strides, what lies outside above and to the left, and dilations, each by rows and columns
record Windows(int images, int h, int w, int n, int p, int q, int r, int s, List<Integer> moves) {

    static Windows of(Strided image, int p, int q, Strided pixels, List<Integer> moves) {
        return new Windows(
                image.dim(0), image.dim(1), image.dim(2), image.dim(3), p, q, pixels.dim(1), pixels.dim(2), moves);
    }

    /// The row of the image that row `i` of the window sees at pixel row `y`; it may lie outside.
    String row(String y, String i) {
        return seen(y, i, 0);
    }

    /// The column of the image that column `j` of the window sees at pixel column `x`; it may lie outside.
    String column(String x, String j) {
        return seen(x, j, 1);
    }

    private String seen(String pixel, String place, int axis) {
        return "((" + pixel + ") * " + moves.get(axis) + " + (" + place + ") * " + moves.get(4 + axis) + " - "
                + moves.get(2 + axis) + ")";
    }

    /// Whether a row and a column lie in the image.
    String inside(String row, String column) {
        return "((uint)(" + row + ") < " + h + "u && (uint)(" + column + ") < " + w + "u)";
    }

    /// Defines the pixel row `y` whose window sees row `row` of the image with its row `i`, and `x` likewise, and `hit`: whether
    /// there is such a pixel.
    String pixel(String row, String i, String column, String j) {
        String down = "((" + row + ") + " + moves.get(2) + " - (" + i + ") * " + moves.get(4) + ")";
        String right = "((" + column + ") + " + moves.get(3) + " - (" + j + ") * " + moves.get(5) + ")";
        return "const int down = " + down + ", right = " + right + ", y = down / " + moves.get(0) + ", x = right / "
                + moves.get(1) + ";\n"
                + "const bool hit = down >= 0 && right >= 0 && y < " + r + " && x < " + s
                + multiple("down", moves.get(0)) + multiple("right", moves.get(1)) + ";\n";
    }

    private static String multiple(String what, int of) {
        return of == 1 ? "" : " && " + what + " % " + of + " == 0";
    }
}
