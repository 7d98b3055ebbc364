package org.nnlang.runtime.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Replacement;

/// An image as PNG has it (W3C Recommendation "Portable Network Graphics (PNG) Specification", third edition): rows from
/// the top, each pixel with one channel (grey), two (grey and alpha), three (red, green, blue) or four (and alpha), of one
/// byte each. Deeper ones are rounded to bytes when they are read.
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Png(int width, int height, int channels, byte[] pixels) {
    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /// @throws IllegalArgumentException where the pixels are of another number
    public Png {
        if (width < 1 || height < 1 || channels < 1 || channels > 4
                || (long) width * height * channels != pixels.length) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes for " + width + "×" + height + " pixels of " + channels + " channels");
        }
    }

    /// Reads a file.
    ///
    /// @throws NnException NN0702 where it cannot be read, NN0721 where it is no PNG or is damaged
    public static Png read(Path path) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (IOException e) {
            throw DataErrors.unreadable(path, e);
        }
        return decode(bytes, path);
    }

    /// @param path for messages
    static Png decode(byte[] bytes, Path path) {
        return new PngDecoder(bytes, path).decode();
    }

    /// The size and kind that a file begins with, without reading its pixels.
    static PngHeader header(Path path) {
        try (var in = Files.newInputStream(path)) {
            return PngHeader.parse(in.readNBytes(PngHeader.END), path);
        } catch (IOException e) {
            throw DataErrors.unreadable(path, e);
        }
    }

    /// Writes a file: whole, or not at all. Its folder is made where there is none.
    ///
    /// @throws NnException NN0718 where it cannot be written
    public void write(Path path) {
        try {
            Replacement.replace(path, encode());
        } catch (IOException e) {
            throw DataErrors.unwritable(path, e);
        }
    }

    /// The bytes of a PNG file, the same for the same pixels on every machine with the same zlib.
    public byte[] encode() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        int colour = switch (channels) {
            case 1 -> 0;
            case 2 -> 4;
            case 3 -> 2;
            default -> 6;
        };
        chunk(out, "IHDR",
                ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put((byte) colour).array());
        int row = width * channels;
        byte[] lines = new byte[Math.multiplyExact(height, row + 1)];
        for (int y = 0; y < height; y++) {
            // Filter 0, none: images of networks are noisy or flat, and neither gains much from another.
            System.arraycopy(pixels, y * row, lines, y * (row + 1) + 1, row);
        }
        chunk(out, "IDAT", deflated(lines));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static byte[] deflated(byte[] bytes) {
        var packed = new ByteArrayOutputStream();
        try (var deflater = new Deflater()) {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] buffer = new byte[1 << 13];
            while (!deflater.finished()) {
                packed.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        return packed.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] contents) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var sum = new CRC32();
        sum.update(name);
        sum.update(contents);
        out.writeBytes(ByteBuffer.allocate(4).putInt(contents.length).array());
        out.writeBytes(name);
        out.writeBytes(contents);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    }

    /// These pixels with one channel or three. Transparent ones lie on black; the grey of a colour is its luma (ITU-R
    /// BT.601).
    Png withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        byte[] converted = new byte[width * height * wanted];
        boolean coloured = channels >= 3;
        boolean transparent = channels % 2 == 0;
        for (int pixel = 0, at = 0, to = 0; pixel < width * height; pixel++, at += channels, to += wanted) {
            int alpha = transparent ? pixels[at + channels - 1] & 255 : 255;
            int red = blended(pixels[at], alpha);
            int green = coloured ? blended(pixels[at + 1], alpha) : red;
            int blue = coloured ? blended(pixels[at + 2], alpha) : red;
            if (wanted == 1) {
                converted[to] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
            } else {
                converted[to] = (byte) red;
                converted[to + 1] = (byte) green;
                converted[to + 2] = (byte) blue;
            }
        }
        return new Png(width, height, wanted, converted);
    }

    private static int blended(byte value, int alpha) {
        return ((value & 255) * alpha + 127) / 255;
    }

    /// This image in another size. A pixel of it is the mean of what it covers of these, so that nothing is lost where it is
    /// smaller; computed in whole numbers, the same on every machine.
    Png scaled(int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        byte[] scaled = new byte[newWidth * newHeight * channels];
        long area = (long) width * height;
        for (int y = 0, to = 0; y < newHeight; y++) {
            // In units of 1 / newHeight of an old row, the new row covers [y · height, (y + 1) · height).
            long top = (long) y * height;
            long bottom = top + height;
            for (int x = 0; x < newWidth; x++) {
                long left = (long) x * width;
                long right = left + width;
                for (int channel = 0; channel < channels; channel++, to++) {
                    long sum = 0;
                    for (long v = top / newHeight; v * newHeight < bottom; v++) {
                        long tall = Math.min(bottom, (v + 1) * newHeight) - Math.max(top, v * newHeight);
                        for (long u = left / newWidth; u * newWidth < right; u++) {
                            long wide = Math.min(right, (u + 1) * newWidth) - Math.max(left, u * newWidth);
                            sum += tall * wide * (pixels[(int) ((v * width + u) * channels + channel)] & 255);
                        }
                    }
                    scaled[to] = (byte) ((sum + area / 2) / area);
                }
            }
        }
        return new Png(newWidth, newHeight, channels, scaled);
    }

    /// Images of one size side by side in rows, as near to a square as can be, with a line of white between them.
    ///
    /// @param images one after the other
    /// @throws IllegalArgumentException where they are no whole number of images, or none
    public static Png sheet(byte[] images, int width, int height, int channels) {
        int size = Math.multiplyExact(Math.multiplyExact(width, height), channels);
        if (size < 1 || images.length == 0 || images.length % size != 0) {
            throw new IllegalArgumentException(
                    images.length + " bytes are no images of " + width + "×" + height + "×" + channels);
        }
        int count = images.length / size;
        int columns = (int) Math.ceil(Math.sqrt(count));
        int rows = (count + columns - 1) / columns;
        int allWide = columns * (width + 1) - 1;
        int allTall = rows * (height + 1) - 1;
        byte[] all = new byte[Math.multiplyExact(Math.multiplyExact(allWide, allTall), channels)];
        Arrays.fill(all, (byte) 255);
        for (int image = 0; image < count; image++) {
            int left = image % columns * (width + 1);
            int top = image / columns * (height + 1);
            for (int y = 0; y < height; y++) {
                System.arraycopy(
                        images,
                        (image * height + y) * width * channels,
                        all,
                        ((top + y) * allWide + left) * channels,
                        width * channels);
            }
        }
        return new Png(allWide, allTall, channels, all);
    }
}
