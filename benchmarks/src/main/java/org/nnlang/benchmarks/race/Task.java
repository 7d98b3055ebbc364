package org.nnlang.benchmarks.race;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What every contender is given: a workload, where its parameters begin, and the batch that each step sees.
///
/// @param workload such as `W2`
/// @param shape what distinguishes it within its workload, such as `256x256x256 TN`; may be empty
/// @param parameters initial values, in the order of their declaration in the workload's source
/// @param inputs what a step is given: examples and labels, or the operands of a product
public record Task(String workload, String shape, List<Values> parameters, List<Values> inputs) {
    public Task {
        parameters = List.copyOf(parameters);
        inputs = List.copyOf(inputs);
    }

    /// A tensor, row-major. One of the two arrays is empty.
    ///
    /// @param name of the variable or input
    public record Values(String name, int[] shape, float[] floats, int[] ints) {
        /// Whether it holds floats.
        public boolean isFloat() {
            return floats.length > 0;
        }

        /// The shape as longs.
        public long[] dims() {
            return Arrays.stream(shape).asLongStream().toArray();
        }

        /// The integers as longs.
        public long[] longs() {
            return Arrays.stream(ints).asLongStream().toArray();
        }
    }

    /// For people: `W2`, or `W6 GPT`.
    public String name() {
        return (workload + " " + shape).strip();
    }

    /// A parameter, counted from 0.
    public Values parameter(int index) {
        return parameters.get(index);
    }

    /// An input, counted from 0.
    public Values input(int index) {
        return inputs.get(index);
    }

    /// Writes it for [#read].
    public void write(Path file) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
            out.writeUTF(workload);
            out.writeUTF(shape);
            write(out, parameters);
            write(out, inputs);
        }
    }

    private static void write(DataOutputStream out, List<Values> all) throws IOException {
        out.writeInt(all.size());
        for (Values values : all) {
            out.writeUTF(values.name());
            out.writeInt(values.shape().length);
            for (int extent : values.shape()) {
                out.writeInt(extent);
            }
            out.writeInt(values.floats().length);
            for (float value : values.floats()) {
                out.writeFloat(value);
            }
            out.writeInt(values.ints().length);
            for (int value : values.ints()) {
                out.writeInt(value);
            }
        }
    }

    /// Reads what [#write] wrote.
    public static Task read(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            return new Task(in.readUTF(), in.readUTF(), readAll(in), readAll(in));
        }
    }

    private static List<Values> readAll(DataInputStream in) throws IOException {
        List<Values> all = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = in.readUTF();
            int[] shape = new int[in.readInt()];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = in.readInt();
            }
            float[] floats = new float[in.readInt()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = in.readFloat();
            }
            int[] ints = new int[in.readInt()];
            for (int i = 0; i < ints.length; i++) {
                ints[i] = in.readInt();
            }
            all.add(new Values(name, shape, floats, ints));
        }
        return all;
    }
}
