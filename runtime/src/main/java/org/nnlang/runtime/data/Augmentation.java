package org.nnlang.runtime.data;

import java.util.Arrays;
import java.util.Locale;

/// A random change of an image, drawn anew for each epoch, by which there seem to be more examples than there are.
///
/// @param amount how far it goes; for a flip nothing
public record Augmentation(Kind kind, int amount) {

    /// What is done.
    public enum Kind {
        /// Left and right change places, half of the time.
        FLIP,
        /// Moved by up to `amount` pixels in each direction; what comes in is 0.
        SHIFT,
        /// Moved by up to `amount` pixels in each direction; what comes in is the image mirrored at its edges. So it is a
        /// window of the image's size in one that has been padded.
        CROP,
        /// Turned about its middle by up to `amount` degrees either way, interpolated between four pixels; what comes in is
        /// 0.
        ROTATE
    }

    public Augmentation {
        int most = switch (kind) {
            case FLIP -> 0;
            case SHIFT, CROP -> 1 << 14;
            case ROTATE -> 180;
        };
        if (amount < (kind == Kind.FLIP ? 0 : 1) || amount > most) {
            throw DataErrors.augmentAmount(kind.name().toLowerCase(Locale.ROOT), amount, most);
        }
    }

    /// As a program spells it.
    @Override
    public String toString() {
        return switch (kind) {
            case FLIP -> "flip()";
            case SHIFT -> "shift(" + amount + ")";
            case CROP -> "crop(padding = " + amount + ")";
            case ROTATE -> "rotate(" + amount + ")";
        };
    }

    /// Changes an image.
    ///
    /// @param from the image, `height × width × channels`
    /// @param draw 64 random bits, on which all depends
    /// @param to where the changed one goes
    void apply(float[] from, int height, int width, int channels, long draw, float[] to, int offset) {
        switch (kind) {
            case FLIP -> {
                boolean flipped = draw < 0;
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        int source = y * width + (flipped ? width - 1 - x : x);
                        copy(from, source * channels, channels, to, offset + (y * width + x) * channels);
                    }
                }
            }
            case SHIFT, CROP -> {
                int down = below((int) (draw >>> 32), 2 * amount + 1) - amount;
                int right = below((int) draw, 2 * amount + 1) - amount;
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        int v = y - down;
                        int u = x - right;
                        if (kind == Kind.CROP) {
                            v = mirrored(v, height);
                            u = mirrored(u, width);
                        }
                        int at = offset + (y * width + x) * channels;
                        if (v >= 0 && v < height && u >= 0 && u < width) {
                            copy(from, (v * width + u) * channels, channels, to, at);
                        } else {
                            Arrays.fill(to, at, at + channels, 0);
                        }
                    }
                }
            }
            case ROTATE -> rotate(from, height, width, channels, draw, to, offset);
        }
    }

    private static void copy(float[] from, int source, int channels, float[] to, int at) {
        for (int channel = 0; channel < channels; channel++) {
            to[at + channel] = from[source + channel];
        }
    }

    /// A number from 0 on and below `bound` from 32 random bits.
    private static int below(int bits, int bound) {
        return (int) ((bits & 0xffff_ffffL) * bound >>> 32);
    }

    /// A place outside of 0…size is that of its mirror image; the edge is not doubled.
    private static int mirrored(int place, int size) {
        if (size == 1) {
            return 0;
        }
        int period = 2 * (size - 1);
        int within = Math.floorMod(place, period);
        return within < size ? within : period - within;
    }

    /// `StrictMath`, because `Math` may round its sines differently on another machine.
    private void rotate(float[] from, int height, int width, int channels, long draw, float[] to, int offset) {
        double angle = Math.toRadians(amount) * ((draw >>> 11) * 0x1p-52 - 1);
        double sine = StrictMath.sin(angle);
        double cosine = StrictMath.cos(angle);
        double middleY = (height - 1) / 2.0;
        double middleX = (width - 1) / 2.0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double v = middleY + cosine * (y - middleY) - sine * (x - middleX);
                double u = middleX + sine * (y - middleY) + cosine * (x - middleX);
                int top = (int) Math.floor(v);
                int left = (int) Math.floor(u);
                double down = v - top;
                double right = u - left;
                for (int channel = 0; channel < channels; channel++) {
                    double above = (1 - right) * pixel(from, height, width, channels, top, left, channel)
                            + right * pixel(from, height, width, channels, top, left + 1, channel);
                    double below = (1 - right) * pixel(from, height, width, channels, top + 1, left, channel)
                            + right * pixel(from, height, width, channels, top + 1, left + 1, channel);
                    to[offset + (y * width + x) * channels + channel] = (float) ((1 - down) * above + down * below);
                }
            }
        }
    }

    private static float pixel(float[] from, int height, int width, int channels, int y, int x, int channel) {
        return y < 0 || y >= height || x < 0 || x >= width ? 0 : from[(y * width + x) * channels + channel];
    }
}
