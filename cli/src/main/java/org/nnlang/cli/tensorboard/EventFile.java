package org.nnlang.cli.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// A file of events: records of the TFRecord format, each an `Event` of TensorFlow's protocol (`event.proto`), of which scalars need
/// few fields.
public final class EventFile implements Closeable {
    private static final int MASK = 0xa282ead8;

    // Field numbers and wire types of `Event`, `Summary` and `Summary.Value`.
    private static final int WALL_TIME = 1 << 3 | 1;
    private static final int STEP = 2 << 3;
    private static final int FILE_VERSION = 3 << 3 | 2;
    private static final int SUMMARY = 5 << 3 | 2;
    private static final int VALUE = 1 << 3 | 2;
    private static final int TAG = 1 << 3 | 2;
    private static final int SIMPLE_VALUE = 2 << 3 | 5;

    private final OutputStream out;

    private EventFile(OutputStream out) {
        this.out = out;
    }

    /// Begins a file in a folder, which is made where there is none. TensorBoard knows it by its name.
    ///
    /// @param seconds since 1970
    public static EventFile create(Path folder, double seconds) throws IOException {
        Files.createDirectories(folder);
        long micros = (long) (seconds * 1e6);
        Path path = folder.resolve("events.out.tfevents." + micros / 1_000_000 + "." + micros % 1_000_000 + ".nn");
        var file = new EventFile(Files.newOutputStream(path));
        file.record(new Message().fixed(WALL_TIME, seconds).text(FILE_VERSION, "brain.Event:2").bytes());
        file.out.flush();
        return file;
    }

    /// Adds a number.
    ///
    /// @param tag what it is called; slashes make groups
    public void scalar(String tag, long step, double seconds, double value) throws IOException {
        byte[] number = new Message().text(TAG, tag).fixed(SIMPLE_VALUE, (float) value).bytes();
        byte[] summary = new Message().message(VALUE, number).bytes();
        record(new Message().fixed(WALL_TIME, seconds).number(STEP, step).message(SUMMARY, summary).bytes());
    }

    /// Brings all that was added into the file.
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /// The length, its checksum, the bytes, and theirs.
    private void record(byte[] data) throws IOException {
        byte[] length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.put(length).putInt(checksum(length)).put(data).putInt(checksum(data));
        out.write(record.array());
    }

    /// A checksum of something that may hold checksums itself, hence masked.
    private static int checksum(byte[] data) {
        var crc = new CRC32C();
        crc.update(data);
        int value = (int) crc.getValue();
        return (value >>> 15 | value << 17) + MASK;
    }

    /// A message of Protocol Buffers while it is written.
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message fixed(int key, double value) {
            out.write(key);
            out.writeBytes(ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
            return this;
        }

        Message fixed(int key, float value) {
            out.write(key);
            out.writeBytes(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message number(int key, long value) {
            out.write(key);
            varint(value);
            return this;
        }

        Message text(int key, String text) {
            return message(key, text.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int key, byte[] bytes) {
            out.write(key);
            varint(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        /// Seven bits a byte, the lowest first.
        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
