package org.nnlang.runtime.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// Decodes all that PNG can hold: every colour type and depth, palettes, transparency, interlacing. Each chunk's checksum is
/// checked, and nothing is allocated for pixels that the file cannot hold.
final class PngDecoder {
    static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;
    private static final int TRNS = 0x74524e53;

    /// The most bytes that zlib unpacks one byte to (Deutsch & Gailly, 1996; a match of 258 bytes takes two bits).
    private static final long PACKING = 1032;

    /// Adam7: where each pass starts and how far apart its pixels lie (PNG, §8.1).
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final byte[] bytes;
    private final Path path;
    private final PngHeader header;
    private byte @Nullable [] palette;
    private byte @Nullable [] transparency;

    PngDecoder(byte[] bytes, Path path) {
        this.bytes = bytes;
        this.path = path;
        this.header = PngHeader.parse(bytes.length > PngHeader.END ? Arrays.copyOf(bytes, PngHeader.END) : bytes, path);
    }

    Png decode() {
        byte[] packed = chunks();
        int channels = (header.coloured() ? 3 : 1)
                + (header.colour() >= 4 || transparency != null ? 1 : 0);
        long pixels = (long) header.width() * header.height();
        if (pixels > Integer.MAX_VALUE) {
            throw DataErrors.tooLarge(path, header.width() + "×" + header.height() + " pixels");
        }
        long unpacked = unpackedBytes();
        if (unpacked > PACKING * (packed.length + 1L)) {
            throw damaged("its header announces " + header.width() + "×" + header.height() + " pixels, and "
                    + packed.length + " bytes of them cannot hold that many");
        }
        if (unpacked > Integer.MAX_VALUE - 8 || pixels * channels > Integer.MAX_VALUE - 8) {
            throw DataErrors.tooLarge(path, header.width() + "×" + header.height() + " pixels");
        }
        byte[] lines = inflate(packed, (int) unpacked);
        byte[] out = new byte[(int) pixels * channels];
        int from = 0;
        if (header.interlaced()) {
            for (int[] pass : PASSES) {
                int wide = steps(header.width(), pass[0], pass[2]);
                int tall = steps(header.height(), pass[1], pass[3]);
                from = wide == 0 ? from : pass(lines, from, wide, tall, pass, out, channels);
            }
        } else {
            pass(lines, from, header.width(), header.height(), new int[] {0, 0, 1, 1}, out, channels);
        }
        return new Png(header.width(), header.height(), channels, out);
    }

    private static int steps(int size, int start, int step) {
        return size <= start ? 0 : (size - start + step - 1) / step;
    }

    private long unpackedBytes() {
        if (!header.interlaced()) {
            return header.height() * (1 + header.rowBytes(header.width()));
        }
        long sum = 0;
        for (int[] pass : PASSES) {
            int wide = steps(header.width(), pass[0], pass[2]);
            sum += wide == 0 ? 0 : steps(header.height(), pass[1], pass[3]) * (1 + header.rowBytes(wide));
        }
        return sum;
    }

    /// Walks through the chunks; returns the packed pixels.
    private byte[] chunks() {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        // Pixels never take more bytes than the file has.
        byte[] packed = new byte[bytes.length];
        int length = 0;
        boolean between = false;
        int at = Png.SIGNATURE.length;
        while (true) {
            if (bytes.length - at < 12) {
                throw damaged("it ends after " + bytes.length + " bytes, before its end chunk (IEND)");
            }
            int size = in.getInt(at);
            int type = in.getInt(at + 4);
            if (size < 0 || size > bytes.length - at - 12) {
                throw damaged("its chunk " + name(at) + " at byte " + at + " announces "
                        + Integer.toUnsignedString(size) + " bytes, and " + (bytes.length - at - 12) + " follow");
            }
            var sum = new CRC32();
            sum.update(bytes, at + 4, size + 4);
            if ((int) sum.getValue() != in.getInt(at + 8 + size)) {
                throw damaged("the checksum of its chunk " + name(at) + " at byte " + at + " is wrong");
            }
            int from = at + 8;
            switch (type) {
                case IHDR -> {
                    if (at != Png.SIGNATURE.length) {
                        throw damaged("it has a second header (IHDR)");
                    }
                }
                case PLTE -> {
                    if (size == 0 || size % 3 != 0 || size > 768 || palette != null || length > 0) {
                        throw damaged("its palette (PLTE) has " + size + " bytes, or comes twice or too late");
                    }
                    palette = Arrays.copyOfRange(bytes, from, from + size);
                }
                case TRNS -> transparency = transparency(from, size);
                case IDAT -> {
                    if (between) {
                        throw damaged("its pixels (IDAT) are interrupted by another chunk");
                    }
                    System.arraycopy(bytes, from, packed, length, size);
                    length += size;
                }
                case IEND -> {
                    if (length == 0) {
                        throw damaged("it has no pixels (IDAT)");
                    }
                    if (header.colour() == 3 && palette == null) {
                        throw damaged("it has no palette (PLTE), which its colours need");
                    }
                    return Arrays.copyOf(packed, length);
                }
                default -> {
                    // A large first letter marks what cannot be left out.
                    if ((type & 0x20000000) == 0) {
                        throw damaged("its chunk " + name(at) + " at byte " + at + " is unknown");
                    }
                }
            }
            between = length > 0 && type != IDAT;
            at += 12 + size;
        }
    }

    private byte @Nullable [] transparency(int from, int size) {
        int expected = switch (header.colour()) {
            case 0 -> 2;
            case 2 -> 6;
            case 3 -> palette == null ? -1 : Math.min(size, palette.length / 3);
            default -> -1;
        };
        if (size != expected) {
            throw damaged("its transparency (tRNS) has " + size + " bytes, which its colours do not take");
        }
        return Arrays.copyOfRange(bytes, from, from + size);
    }

    private String name(int at) {
        String name = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
        return name.chars().allMatch(Character::isLetter) ? name : "of type " + ByteBuffer.wrap(bytes).getInt(at + 4);
    }

    private byte[] inflate(byte[] packed, int size) {
        byte[] lines = new byte[size];
        try (var inflater = new Inflater()) {
            inflater.setInput(packed);
            int done = 0;
            while (done < size) {
                int more = inflater.inflate(lines, done, size - done);
                if (more == 0) {
                    throw damaged("its pixels end after " + done + " of " + size + " bytes");
                }
                done += more;
            }
            byte[] rest = new byte[1];
            if (inflater.inflate(rest) != 0 || !inflater.finished()) {
                throw damaged("its pixels do not end where they should");
            }
        } catch (DataFormatException e) {
            throw damaged("its pixels are not packed by zlib: " + e.getMessage());
        }
        return lines;
    }

    private RuntimeException damaged(String what) {
        return DataErrors.damagedPng(path, what);
    }

    /// Reads the rows of one pass into their places; returns where the next one begins.
    private int pass(byte[] lines, int start, int wide, int tall, int[] pass, byte[] out, int channels) {
        int row = (int) header.rowBytes(wide);
        int apart = Math.max(1, header.samples() * header.depth() / 8);
        int before = -1;
        int from = start;
        for (int y = 0; y < tall; y++) {
            unfilter(lines, from + 1, before, row, apart, lines[from]);
            for (int x = 0; x < wide; x++) {
                int pixel = (pass[1] + y * pass[3]) * header.width() + pass[0] + x * pass[2];
                pixel(lines, from + 1, x, out, pixel * channels);
            }
            before = from + 1;
            from += row + 1;
        }
        return from;
    }

    /// Undoes a row's filter (PNG, §9.2).
    private void unfilter(byte[] lines, int at, int before, int row, int apart, byte filter) {
        switch (filter) {
            case 0 -> {}
            case 1 -> {
                for (int i = apart; i < row; i++) {
                    lines[at + i] += lines[at + i - apart];
                }
            }
            case 2 -> {
                for (int i = 0; i < row && before >= 0; i++) {
                    lines[at + i] += lines[before + i];
                }
            }
            case 3 -> {
                for (int i = 0; i < row; i++) {
                    int left = i < apart ? 0 : lines[at + i - apart] & 255;
                    int above = before < 0 ? 0 : lines[before + i] & 255;
                    lines[at + i] += (byte) ((left + above) / 2);
                }
            }
            case 4 -> {
                for (int i = 0; i < row; i++) {
                    int left = i < apart ? 0 : lines[at + i - apart] & 255;
                    int above = before < 0 ? 0 : lines[before + i] & 255;
                    int corner = i < apart || before < 0 ? 0 : lines[before + i - apart] & 255;
                    lines[at + i] += (byte) paeth(left, above, corner);
                }
            }
            default -> throw damaged("a row has the filter " + (filter & 255) + ", and there are 0 to 4");
        }
    }

    /// What lies nearest to left + above - corner, the first of equal ones (Paeth, 1991).
    private static int paeth(int left, int above, int corner) {
        int guess = left + above - corner;
        int toLeft = Math.abs(guess - left);
        int toAbove = Math.abs(guess - above);
        int toCorner = Math.abs(guess - corner);
        if (toLeft <= toAbove && toLeft <= toCorner) {
            return left;
        }
        return toAbove <= toCorner ? above : corner;
    }

    private void pixel(byte[] lines, int row, int x, byte[] out, int to) {
        int samples = header.samples();
        if (header.colour() == 3) {
            int index = sample(lines, row, x);
            byte[] colours = palette;
            if (colours == null || 3 * index >= colours.length) {
                throw damaged("a pixel has the colour " + index + ", which its palette does not have");
            }
            System.arraycopy(colours, 3 * index, out, to, 3);
            if (transparency != null) {
                out[to + 3] = index < transparency.length ? transparency[index] : (byte) 255;
            }
            return;
        }
        boolean key = transparency != null;
        for (int i = 0; i < samples; i++) {
            int sample = sample(lines, row, x * samples + i);
            out[to + i] = (byte) toByte(sample);
            if (transparency != null) {
                key &= sample == ((transparency[2 * i] & 255) << 8 | transparency[2 * i + 1] & 255);
            }
        }
        if (transparency != null) {
            out[to + samples] = (byte) (key ? 0 : 255);
        }
    }

    private int sample(byte[] lines, int row, int index) {
        return switch (header.depth()) {
            case 8 -> lines[row + index] & 255;
            case 16 -> (lines[row + 2 * index] & 255) << 8 | lines[row + 2 * index + 1] & 255;
            default -> {
                int bit = index * header.depth();
                int shift = 8 - header.depth() - bit % 8;
                yield (lines[row + bit / 8] & 255) >> shift & (1 << header.depth()) - 1;
            }
        };
    }

    /// A sample in 0…255, rounded.
    private int toByte(int sample) {
        return switch (header.depth()) {
            case 8 -> sample;
            case 16 -> (sample * 255 + 32767) / 65535;
            default -> sample * (255 / ((1 << header.depth()) - 1));
        };
    }
}
