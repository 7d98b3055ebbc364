package org.nnlang.runtime.data;

import java.util.Arrays;

/// One field of all examples. Columns are compared by nobody.
@SuppressWarnings("ArrayRecordComponent")
sealed interface Column {

    void read(int row, float[] destination, int offset);

    void read(int row, int[] destination, int offset);

    /// Copies the first `size` elements of a sequence, filled up where it is shorter; others are as long as they are. What
    /// is drawn at random is drawn for this epoch.
    default void read(int row, int size, int epoch, float[] destination, int offset) {
        read(row, destination, offset);
    }

    default void read(int row, int size, int epoch, int[] destination, int offset) {
        read(row, destination, offset);
    }

    /// How long the sequence of a row is; for others 0.
    default int length(int row) {
        return 0;
    }

    /// A number that depends on all contents.
    long fingerprint();

    private static IllegalArgumentException floats() {
        return new IllegalArgumentException("a field of f32 is read as integers");
    }

    record Floats(float[] values, int size) implements Column {
        @Override
        public long fingerprint() {
            return Fingerprint.of(values, 0, values.length);
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            System.arraycopy(values, row * size, destination, offset, size);
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            throw floats();
        }
    }

    record Ints(int[] values, int size) implements Column {
        @Override
        public long fingerprint() {
            return Fingerprint.of(values, 0, values.length);
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            for (int i = 0, at = row * size; i < size; i++) {
                destination[offset + i] = values[at + i];
            }
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            System.arraycopy(values, row * size, destination, offset, size);
        }
    }

    /// Unsigned bytes.
    record Bytes(byte[] values, int size) implements Column {
        @Override
        public long fingerprint() {
            return Fingerprint.of(values);
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            byte[] from = values;
            int length = size;
            int at = row * length;
            for (int i = 0; i < length; i++) {
                destination[offset + i] = from[at + i] & 255;
            }
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            byte[] from = values;
            int length = size;
            int at = row * length;
            for (int i = 0; i < length; i++) {
                destination[offset + i] = from[at + i] & 255;
            }
        }
    }

    /// Windows over one sequence: row `i` is `values[start + i * stride…]`.
    record Windows(int[] values, int start, int stride, int size) implements Column {
        @Override
        public long fingerprint() {
            return Fingerprint.of(values, start, values.length - start);
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            for (int i = 0, at = start + row * stride; i < size; i++) {
                destination[offset + i] = values[at + i];
            }
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            System.arraycopy(values, start + row * stride, destination, offset, size);
        }
    }

    /// Spans of a table's rows: row `i` is the first `taken` of its `columns` columns, in `rows` rows from row
    /// `start + i * stride` on.
    record Spans(float[] values, int columns, int start, int stride, int rows, int taken) implements Column {
        @Override
        public long fingerprint() {
            int from = start * columns;
            return Fingerprint.of(values, from, values.length - from);
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            int at = (start + row * stride) * columns;
            for (int i = 0, to = offset; i < rows; i++, at += columns, to += taken) {
                System.arraycopy(values, at, destination, to, taken);
            }
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            throw floats();
        }
    }

    /// Sequences of unequal length, one after the other: row `i` is `values[starts[i]…starts[i + 1]]`, and is filled up with
    /// [Vocabulary#PAD].
    record Sequences(int[] values, int[] starts, int longest) implements Column {
        @Override
        public int length(int row) {
            return starts[row + 1] - starts[row];
        }

        @Override
        public long fingerprint() {
            return Fingerprint.mix(
                    Fingerprint.of(values, 0, values.length), Fingerprint.of(starts, 0, starts.length));
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            read(row, longest, 0, destination, offset);
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            read(row, longest, 0, destination, offset);
        }

        @Override
        public void read(int row, int size, int epoch, float[] destination, int offset) {
            int length = Math.min(size, length(row));
            for (int i = 0, at = starts[row]; i < length; i++) {
                destination[offset + i] = values[at + i];
            }
            Arrays.fill(destination, offset + length, offset + size, Vocabulary.PAD);
        }

        @Override
        public void read(int row, int size, int epoch, int[] destination, int offset) {
            int length = Math.min(size, length(row));
            System.arraycopy(values, starts[row], destination, offset, length);
            Arrays.fill(destination, offset + length, offset + size, Vocabulary.PAD);
        }
    }

    /// Another field's values, treated with numbers taken from training data.
    record Treated(Column of, Fitted fitted) implements Column {
        @Override
        public long fingerprint() {
            return of.fingerprint();
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            of.read(row, destination, offset);
            fitted.apply(destination, offset);
        }

        @Override
        public void read(int row, int size, int epoch, float[] destination, int offset) {
            of.read(row, size, epoch, destination, offset);
            fitted.apply(destination, offset);
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            throw floats();
        }
    }

    /// Images, changed at random for each epoch; read without one they are as they were.
    ///
    /// @param place counts the changes of a field, so that each draws its own numbers
    /// @param scratch room for one image
    record Augmented(
            Column of, Augmentation change, int height, int width, int channels, long seed, int place, float[] scratch)
            implements Column {
        Augmented(Column of, Augmentation change, int height, int width, int channels, long seed, int place) {
            this(of, change, height, width, channels, seed, place, new float[2 * height * width * channels]);
        }

        @Override
        public long fingerprint() {
            return of.fingerprint();
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            of.read(row, destination, offset);
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            of.read(row, destination, offset);
        }

        @Override
        public void read(int row, int size, int epoch, float[] destination, int offset) {
            synchronized (scratch) {
                of.read(row, size, epoch, scratch, 0);
                long draw = Permutation.draw(seed, epoch, row, place);
                change.apply(scratch, height, width, channels, draw, destination, offset);
            }
        }

        @Override
        public void read(int row, int size, int epoch, int[] destination, int offset) {
            synchronized (scratch) {
                read(row, size, epoch, scratch, size);
                for (int i = 0; i < size; i++) {
                    destination[offset + i] = Math.round(scratch[size + i]);
                }
            }
        }
    }

    /// One field of a dataset, whoever implements it.
    record Given(Dataset data, int field) implements Column {
        @Override
        public void read(int row, int size, int epoch, float[] destination, int offset) {
            data.read(row, field, size, epoch, destination, offset);
        }

        @Override
        public void read(int row, int size, int epoch, int[] destination, int offset) {
            data.read(row, field, size, epoch, destination, offset);
        }

        @Override
        public int length(int row) {
            return data.length(row, field);
        }

        @Override
        public long fingerprint() {
            return data.fingerprint();
        }

        @Override
        public void read(int row, float[] destination, int offset) {
            data.read(row, field, destination, offset);
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            data.read(row, field, destination, offset);
        }
    }
}
