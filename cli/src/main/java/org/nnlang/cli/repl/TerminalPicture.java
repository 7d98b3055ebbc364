package org.nnlang.cli.repl;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntBinaryOperator;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// Tensors drawn with characters: a vector as a curve, a matrix or an image as a picture of half a character for each
/// pixel, in shades where there are colours and in five steps of ink where there are none.
final class TerminalPicture {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 12;
    private static final int LARGEST = 64;
    private static final int SMALLEST = 8;
    private static final String INK = " ░▒▓█";

    private TerminalPicture() {}

    /// A batch or a stack of one is what is in it.
    private static int[] shape(Tensor tensor) {
        int[] shape = tensor.shape();
        while (shape.length > 2 && shape[0] == 1) {
            shape = Arrays.copyOfRange(shape, 1, shape.length);
        }
        return shape;
    }

    private static boolean hasChannels(int[] shape) {
        return shape.length == 3 && (shape[2] == 1 || shape[2] == 3);
    }

    /// Whether there is a curve or a picture of a tensor, which may be a number or have no elements.
    static boolean canDraw(Tensor tensor) {
        int[] shape = shape(tensor);
        return tensor.size() == 0 || shape.length < 3 || hasChannels(shape);
    }

    /// @param tensor one that can be drawn
    /// @param colored whether the escape codes of a terminal may be used
    static String of(Tensor tensor, boolean colored) {
        int[] shape = shape(tensor);
        if (tensor.size() == 0 || shape.length == 0) {
            return TensorText.of(tensor);
        }
        if (shape.length == 1) {
            return curve(tensor);
        }
        return picture(tensor, shape[0], shape[1], hasChannels(shape) ? shape[2] : 1, colored);
    }

    /// Whether a tensor can hardly be meant as anything but an image in colours: f32[h, w, 3] of numbers from 0 to 1, or u8[h, w, 3].
    static boolean isImage(Tensor tensor) {
        int[] shape = tensor.shape();
        boolean image = shape.length == 3 && shape[2] == 3 && shape[0] >= SMALLEST && shape[1] >= SMALLEST;
        if (!image || !tensor.dtype().isFloat()) {
            return image && tensor.dtype() == DType.U8;
        }
        for (int i = 0; i < tensor.size(); i++) {
            float value = tensor.get(i);
            if (!(value >= 0 && value <= 1)) {
                return false;
            }
        }
        return true;
    }

    private static double value(Tensor tensor, int place) {
        return tensor.dtype().isFloat() ? tensor.get(place) : tensor.getInt(place);
    }

    /// The least and the greatest number, NaN and infinities apart.
    private static double[] extremes(Tensor tensor) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < tensor.size(); i++) {
            double value = value(tensor, i);
            if (Double.isFinite(value)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        return low > high ? new double[] {0, 1} : new double[] {low, high};
    }

    /// From where to where a scale goes: one number everywhere is in its middle.
    private static double[] range(double[] extremes) {
        double around = extremes[1] > extremes[0] ? 0 : 0.5 * Math.max(1, Math.abs(extremes[0]));
        return new double[] {extremes[0] - around, extremes[1] + around};
    }

    /// Braille characters have 2 × 4 dots.
    private static String curve(Tensor tensor) {
        double[] range = range(extremes(tensor));
        int columns = 2 * WIDTH;
        int rows = 4 * HEIGHT;
        int[][] cells = new int[HEIGHT][WIDTH];
        int before = -1;
        for (int x = 0; x < columns; x++) {
            double at = (double) x * (tensor.size() - 1) / (columns - 1);
            int left = (int) at;
            int right = Math.min(left + 1, tensor.size() - 1);
            double value = value(tensor, left) + (at - left) * (value(tensor, right) - value(tensor, left));
            if (!Double.isFinite(value)) {
                before = -1;
                continue;
            }
            int y = (int) Math.round((range[1] - value) / (range[1] - range[0]) * (rows - 1));
            int from = before < 0 ? y : Math.min(y, before < y ? before + 1 : before - 1);
            int to = before < 0 ? y : Math.max(y, before < y ? before + 1 : before - 1);
            for (int dot = Math.max(0, Math.min(from, y)); dot <= Math.min(rows - 1, Math.max(to, y)); dot++) {
                cells[dot / 4][x / 2] |= dot(x % 2, dot % 4);
            }
            before = y;
        }
        var text = new StringBuilder();
        String top = number(range[1]);
        String bottom = number(range[0]);
        int margin = Math.max(top.length(), bottom.length());
        for (int row = 0; row < HEIGHT; row++) {
            String label = row == 0 ? top : row == HEIGHT - 1 ? bottom : "";
            text.repeat(' ', margin - label.length()).append(label).append(" ┤");
            var line = new StringBuilder();
            for (int cell : cells[row]) {
                line.append(cell == 0 ? ' ' : (char) (0x2800 + cell));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        String end = String.valueOf(tensor.size() - 1);
        return text.repeat(' ', margin).append(" └").repeat("─", WIDTH).append('\n').repeat(' ', margin + 2).append('0')
                .repeat(' ', WIDTH - 1 - end.length()).append(end).toString();
    }

    private static int dot(int column, int row) {
        return row == 3 ? 0x40 << column : 1 << row + 3 * column;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static String picture(Tensor tensor, int height, int width, int channels, boolean colored) {
        double[] extremes = extremes(tensor);
        double[] range = range(extremes);
        int step = Math.max(1, Math.max((height + LARGEST - 1) / LARGEST, (width + LARGEST - 1) / LARGEST));
        int rows = (height + step - 1) / step;
        int columns = (width + step - 1) / step;
        IntBinaryOperator shade = (pixel, channel) -> {
            int y = pixel / columns * step;
            int x = pixel % columns * step;
            double value = value(tensor, (y * width + x) * channels + channel);
            return Double.isFinite(value)
                    ? (int) Math.round(255 * (value - range[0]) / (range[1] - range[0]))
                    : 0;
        };
        var text = new StringBuilder();
        for (int row = 0; row < rows; row += colored ? 2 : 1) {
            for (int column = 0; column < columns; column++) {
                int pixel = row * columns + column;
                if (!colored) {
                    int grey = 0;
                    for (int channel = 0; channel < channels; channel++) {
                        grey += shade.applyAsInt(pixel, channel);
                    }
                    // A character is twice as high as wide.
                    text.repeat(INK.codePointAt(Math.min(4, grey / channels * 5 / 256)), 2);
                } else {
                    text.append("\u001b[38;2;").append(color(shade, pixel, channels)).append('m');
                    if (row + 1 < rows) {
                        text.append("\u001b[48;2;").append(color(shade, pixel + columns, channels)).append('m');
                    }
                    text.append('▀');
                }
            }
            text.append(colored ? "\u001b[0m\n" : "\n");
        }
        boolean one = extremes[0] == extremes[1];
        return text + (one ? "" : "from " + number(extremes[0]) + " to ") + number(extremes[1])
                + (one ? " everywhere" : "")
                + (step > 1 ? ", every " + step + "th pixel" : "");
    }

    private static String color(IntBinaryOperator shade, int pixel, int channels) {
        int red = shade.applyAsInt(pixel, 0);
        return channels == 3
                ? red + ";" + shade.applyAsInt(pixel, 1) + ";" + shade.applyAsInt(pixel, 2)
                : red + ";" + red + ";" + red;
    }
}
