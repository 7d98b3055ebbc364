package org.nnlang.runtime.data;

/// One field of all examples. Columns are compared by nobody.
@SuppressWarnings("ArrayRecordComponent")
sealed interface Column {

    void read(int row, float[] destination, int offset);

    void read(int row, int[] destination, int offset);

    private static IllegalArgumentException floats() {
        return new IllegalArgumentException("a field of f32 is read as integers");
    }

    record Floats(float[] values, int size) implements Column {
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

    /// Another field's values, treated with numbers taken from training data.
    record Treated(Column of, Fitted fitted) implements Column {
        @Override
        public void read(int row, float[] destination, int offset) {
            of.read(row, destination, offset);
            fitted.apply(destination, offset);
        }

        @Override
        public void read(int row, int[] destination, int offset) {
            throw floats();
        }
    }

    /// One field of a dataset, whoever implements it.
    record Given(Dataset data, int field) implements Column {
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
