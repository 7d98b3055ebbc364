package org.nnlang.runtime.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A file's bytes, unpacked where it is a gzip file, whatever its name. Nothing is allocated for bytes that are not
/// there: a header that promises more than the file holds costs nothing.
final class DataFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path path;
    private final InputStream in;
    private final boolean packed;

    private DataFile(Path path, InputStream in, boolean packed) {
        this.path = path;
        this.in = in;
        this.packed = packed;
    }

    static DataFile open(Path path) {
        InputStream raw;
        try {
            raw = new BufferedInputStream(Files.newInputStream(path), BUFFER);
        } catch (IOException e) {
            throw DataErrors.unreadable(path, e);
        }
        try {
            raw.mark(2);
            boolean packed = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            return new DataFile(path, packed ? new GZIPInputStream(raw, BUFFER) : raw, packed);
        } catch (IOException e) {
            try (raw) {
                throw e instanceof ZipException || e instanceof EOFException
                        ? DataErrors.damagedGzip(path, e)
                        : DataErrors.unreadable(path, e);
            } catch (IOException closing) {
                throw DataErrors.unreadable(path, closing);
            }
        }
    }

    /// The next `count` bytes, or fewer where the file ends.
    byte[] read(int count) {
        try {
            return in.readNBytes(count);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// All bytes from here on.
    byte[] rest() {
        byte[] bytes = read(Integer.MAX_VALUE - 8);
        if (bytes.length == Integer.MAX_VALUE - 8) {
            throw DataErrors.tooLarge(path, "it has 2 GiB or more");
        }
        return bytes;
    }

    /// Checks that exactly `length` bytes follow the first `start`, where that can be known without unpacking.
    void checkLength(long start, long length, String announced) {
        if (!packed) {
            try {
                long size = Files.size(path);
                if (size != start + length) {
                    throw DataErrors.wrongSize(path, start + length, size, announced);
                }
            } catch (IOException e) {
                throw DataErrors.unreadable(path, e);
            }
        }
    }

    /// Whether nothing is left.
    boolean atEnd() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private RuntimeException failed(IOException e) {
        return packed && (e instanceof ZipException || e instanceof EOFException)
                ? DataErrors.damagedGzip(path, e)
                : DataErrors.unreadable(path, e);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw DataErrors.unreadable(path, e);
        }
    }

    /// All bytes of a file of text, without a byte order mark, checked to be UTF-8.
    static byte[] text(Path path) {
        byte[] bytes;
        try (DataFile file = open(path)) {
            bytes = file.rest();
        }
        return text(path, bytes);
    }

    /// The bytes of a text, without a byte order mark, checked to be UTF-8.
    ///
    /// @param path what they were read from
    static byte[] text(Path path, byte[] bytes) {
        if (bytes.length == 0) {
            throw DataErrors.empty(path);
        }
        checkUtf8(path, bytes);
        if (bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf) {
            return Arrays.copyOfRange(bytes, 3, bytes.length);
        }
        return bytes;
    }

    private static void checkUtf8(Path path, byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(1 << 12);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (result.isError()) {
                int offset = in.position();
                long line = 1;
                for (int i = 0; i < offset; i++) {
                    if (bytes[i] == '\n') {
                        line++;
                    }
                }
                throw DataErrors.notUtf8(path, line, offset);
            }
            if (result.isUnderflow()) {
                return;
            }
            out.clear();
        }
    }
}
