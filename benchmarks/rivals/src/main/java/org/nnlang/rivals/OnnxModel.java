package org.nnlang.rivals;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nnlang.benchmarks.race.Task.Values;

/// Writes a model in the ONNX format, operator set 20: the few fields of its protocol buffers that are needed.
final class OnnxModel {
    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int INT64 = 7;
    private static final int INT_ATTRIBUTE = 2;
    private static final int FLOAT_ATTRIBUTE = 1;
    private static final int INTS_ATTRIBUTE = 7;

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private int count;

    private static byte[] message(Fields fields) {
        try {
            var bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void add(Fields fields) {
        graph.writeBytes(message(fields));
    }

    /// Declares an input; returns its name.
    String input(Values values) {
        byte[] described = described(values.name(), values.isFloat() ? FLOAT : INT32, values.shape());
        add(out -> out.writeByteArray(11, described));
        return values.name();
    }

    private static byte[] described(String name, int type, int[] shape) {
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(2, message(inner -> inner.writeByteArray(1, message(tensor -> {
                tensor.writeInt32(1, type);
                tensor.writeByteArray(2, message(dims -> {
                    for (int extent : shape) {
                        dims.writeByteArray(1, message(dim -> dim.writeInt64(1, extent)));
                    }
                }));
            }))));
        });
    }

    /// A weight; returns its name.
    String weight(String name, float[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return initializer(name, FLOAT, bytes.array(), shape);
    }

    /// A list of integers; returns its name.
    String integers(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return initializer("integers" + count++, INT64, bytes.array(), values.length);
    }

    private String initializer(String name, int type, byte[] raw, int... shape) {
        byte[] tensor = message(out -> {
            for (int extent : shape) {
                out.writeInt64(1, extent);
            }
            out.writeInt32(2, type);
            out.writeString(8, name);
            out.writeBytes(9, ByteString.copyFrom(raw));
        });
        add(out -> out.writeByteArray(5, tensor));
        return name;
    }

    /// A node without attributes; returns its output's name.
    String node(String operator, String... inputs) {
        return node(operator, new byte[0][], inputs);
    }

    /// A node with attributes; returns its output's name.
    String node(String operator, byte[][] attributes, String... inputs) {
        String output = "value" + count++;
        byte[] node = message(out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            out.writeString(2, output);
            out.writeString(3, output);
            out.writeString(4, operator);
            for (byte[] attribute : attributes) {
                out.writeByteArray(5, attribute);
            }
        });
        add(out -> out.writeByteArray(1, node));
        return output;
    }

    /// An attribute.
    static byte[] attribute(String name, long value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeInt64(3, value);
            out.writeInt32(20, INT_ATTRIBUTE);
        });
    }

    /// An attribute.
    static byte[] attribute(String name, float value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeFloat(2, value);
            out.writeInt32(20, FLOAT_ATTRIBUTE);
        });
    }

    /// An attribute.
    static byte[] attribute(String name, long[] values) {
        return message(out -> {
            out.writeString(1, name);
            for (long value : values) {
                out.writeInt64(8, value);
            }
            out.writeInt32(20, INTS_ATTRIBUTE);
        });
    }

    /// The whole, with one output.
    byte[] finish(String output, int... shape) {
        byte[] described = described(output, FLOAT, shape);
        add(out -> out.writeString(2, "workload"));
        add(out -> out.writeByteArray(12, described));
        return message(out -> {
            out.writeInt64(1, 9);
            out.writeByteArray(7, graph.toByteArray());
            out.writeByteArray(8, message(set -> {
                set.writeString(1, "");
                set.writeInt64(2, 20);
            }));
        });
    }
}
