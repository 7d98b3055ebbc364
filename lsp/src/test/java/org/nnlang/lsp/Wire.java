package org.nnlang.lsp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/// What is written at one end is read at the other, as through the pipe of a process: whichever threads write, and whether they are still
/// alive when it is read. That of `java.io` breaks where the last thread that wrote has ended, though others go on to write.
final class Wire {
    private byte[] bytes = new byte[1 << 10];
    private int length;
    private boolean isClosed;

    final OutputStream sink = new OutputStream() {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] from, int at, int count) throws IOException {
            put(from, at, count);
        }

        @Override
        public void close() {
            end();
        }
    };

    final InputStream source = new InputStream() {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return take(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] to, int at, int count) throws IOException {
            return take(to, at, count);
        }

        @Override
        public void close() {
            end();
        }
    };

    private synchronized void put(byte[] from, int at, int count) throws IOException {
        if (isClosed) {
            throw new IOException("Stream closed");
        }
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
        System.arraycopy(from, at, bytes, length, count);
        length += count;
        notifyAll();
    }

    private synchronized int take(byte[] to, int at, int count) throws IOException {
        while (length == 0 && !isClosed) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException("Stream closed", e);
            }
        }
        int taken = Math.min(count, length);
        System.arraycopy(bytes, 0, to, at, taken);
        System.arraycopy(bytes, taken, bytes, 0, length - taken);
        length -= taken;
        return taken == 0 && count > 0 ? -1 : taken;
    }

    private synchronized void end() {
        isClosed = true;
        notifyAll();
    }
}
