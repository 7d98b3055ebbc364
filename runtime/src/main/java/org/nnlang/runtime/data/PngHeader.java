package org.nnlang.runtime.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/// What a PNG file begins with.
///
/// @param depth bits of a sample: 1, 2, 4, 8 or 16
/// @param colour 0 grey, 2 red-green-blue, 3 palette, 4 grey with alpha, 6 red-green-blue with alpha
record PngHeader(int width, int height, int depth, int colour, boolean interlaced) {
    /// Where it ends in a file.
    static final int END = 33;

    private static final int CHUNK = 8;

    /// @param bytes the first [#END] of a file, or all of a shorter one
    static PngHeader parse(byte[] bytes, Path path) {
        int signature = Math.min(bytes.length, Png.SIGNATURE.length);
        if (signature == 0 || !Arrays.equals(bytes, 0, signature, Png.SIGNATURE, 0, signature)) {
            throw DataErrors.noPng(path, "it does not begin as one");
        }
        if (bytes.length < END) {
            throw DataErrors.damagedPng(path, "it ends in its header, after " + bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(CHUNK) != 13 || in.getInt(CHUNK + 4) != PngDecoder.IHDR) {
            throw DataErrors.damagedPng(path, "its first chunk is no header (IHDR)");
        }
        int at = CHUNK + 8;
        var header = new PngHeader(
                in.getInt(at), in.getInt(at + 4), bytes[at + 8], bytes[at + 9], bytes[at + 12] == 1);
        if (header.width < 1 || header.height < 1) {
            throw DataErrors.damagedPng(path, "its header announces " + Integer.toUnsignedString(header.width) + "×"
                    + Integer.toUnsignedString(header.height) + " pixels");
        }
        boolean fits = switch (header.colour) {
            case 0 -> header.depth == 1 || header.depth == 2 || header.depth == 4 || header.depth == 8
                    || header.depth == 16;
            case 3 -> header.depth == 1 || header.depth == 2 || header.depth == 4 || header.depth == 8;
            case 2, 4, 6 -> header.depth == 8 || header.depth == 16;
            default -> false;
        };
        if (!fits || bytes[at + 10] != 0 || bytes[at + 11] != 0 || bytes[at + 12] < 0 || bytes[at + 12] > 1) {
            throw DataErrors.damagedPng(path, "its header announces colour type " + header.colour + " with "
                    + header.depth + " bits, compression " + bytes[at + 10] + ", filter " + bytes[at + 11]
                    + " and interlace " + bytes[at + 12] + ", which PNG does not have");
        }
        return header;
    }

    /// Samples of a pixel in the file.
    int samples() {
        return switch (colour) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    boolean coloured() {
        return (colour & 2) != 0;
    }

    /// Bytes of a row of so many pixels, without the byte that names its filter.
    long rowBytes(int pixels) {
        return ((long) pixels * samples() * depth + 7) / 8;
    }
}
