package org.nnlang.runtime.data;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Replacement;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.tensor.Tensor;

/// Writes what a model predicts of each example.
public final class Predictions {
    private final Map<String, PredictedOutput> outputs;
    private final int count;

    private Predictions(LinkedHashMap<String, PredictedOutput> outputs) {
        this.outputs = outputs;
        int examples = -1;
        for (PredictedOutput output : outputs.values()) {
            if (examples >= 0 && output.count() != examples) {
                throw new IllegalArgumentException("outputs of different lengths: " + outputs);
            }
            examples = output.count();
        }
        this.count = Math.max(0, examples);
    }

    /// Named tensors whose first axis counts the examples.
    ///
    /// @throws IllegalArgumentException where a tensor has no first axis, or their first axes differ
    public Predictions(Map<String, Tensor> outputs) {
        this(whole(outputs));
    }

    private static LinkedHashMap<String, PredictedOutput> whole(Map<String, Tensor> outputs) {
        var whole = new LinkedHashMap<String, PredictedOutput>();
        outputs.forEach((name, tensor) -> {
            if (tensor.rank() == 0) {
                throw new IllegalArgumentException("outputs of different lengths: " + outputs);
            }
            whole.put(name, new PredictedOutput.Whole(tensor, List.of()));
        });
        return whole;
    }

    /// What is predicted, output by output: their columns stand in the order in which they are added.
    public static final class Builder {
        private final LinkedHashMap<String, PredictedOutput> outputs = new LinkedHashMap<>();

        /// An output that gives a tensor whose first axis counts the examples.
        ///
        /// @param classes what whole numbers stand for, written in their place in CSV and JSON; empty where they are numbers
        public Builder tensor(String name, Tensor tensor, List<String> classes) {
            outputs.put(name, new PredictedOutput.Whole(tensor, classes));
            return this;
        }

        /// An output that gives each example a tensor: of one shape, or of sizes that differ.
        ///
        /// @param tensors one for each example, without an axis of examples
        /// @param classes what whole numbers stand for, written in their place in CSV and JSON; empty where they are numbers
        public Builder tensors(String name, List<Tensor> tensors, List<String> classes) {
            outputs.put(name, PredictedOutput.of(tensors, classes));
            return this;
        }

        /// An output that gives each example a text.
        public Builder texts(String name, List<String> texts) {
            outputs.put(name, new PredictedOutput.Texts(texts));
            return this;
        }

        /// What was added so far.
        ///
        /// @throws IllegalArgumentException where outputs are not of as many examples
        public Predictions build() {
            return new Predictions(outputs);
        }
    }

    /// The forms that predictions can be written in.
    public enum Format {
        /// One row an example, one column a number: `y` or `y[0]`, `y[1]`, …, with a header.
        CSV,
        /// NumPy's array file; for one output only.
        NPY,
        /// An array with one object an example.
        JSON,
        /// A sheet of images, for one output `[n, height, width]` or `[n, height, width, 3]`: floats from 0 to 1, or whole
        /// numbers from 0 to 255.
        PNG
    }

    /// Writes a file in the format that its name ends with: `.csv`, `.npy`, `.json` or `.png`. It is there whole, or not at all;
    /// its folder is made where there is none.
    ///
    /// @throws NnException NN0718 for another ending, or where the file cannot be written
    public void write(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        for (Format format : Format.values()) {
            if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                try {
                    Replacement.replace(path, file -> {
                        var out = new BufferedOutputStream(Channels.newOutputStream(file));
                        write(format, out);
                        out.flush();
                    });
                } catch (IOException e) {
                    throw DataErrors.unwritable(path, e);
                }
                return;
            }
        }
        throw DataErrors.unknownFormat(path);
    }

    /// Writes to a stream, which stays open.
    ///
    /// @throws NnException NN0718 for several outputs in the format npy or png, or one that has no images in png
    public void write(Format format, OutputStream out) throws IOException {
        switch (format) {
            case CSV -> csv(out);
            case NPY -> npy(array(), out);
            case JSON -> json(out);
            case PNG -> out.write(sheet().encode());
        }
    }

    private Tensor array() {
        if (outputs.size() != 1) {
            throw DataErrors.oneArray(outputs.keySet());
        }
        Tensor array = outputs.values().iterator().next().array();
        if (array == null) {
            throw DataErrors.noArray(outputs.keySet().iterator().next());
        }
        return array;
    }

    /// All images side by side.
    private Png sheet() {
        Tensor images = outputs.size() == 1 ? outputs.values().iterator().next().array() : null;
        int channels = images == null || images.rank() < 4 ? 1 : images.dim(3);
        if (images == null
                || (images.rank() != 3 && images.rank() != 4)
                || (channels != 1 && channels != 3)
                || images.size() == 0) {
            throw DataErrors.notImages(String.join("`, `", outputs.keySet()));
        }
        byte[] bytes = new byte[images.size()];
        for (int i = 0; i < bytes.length; i++) {
            // A NaN becomes 0.
            bytes[i] = (byte) (images.dtype().isFloat()
                    ? Math.round(255 * Math.clamp(images.get(i), 0f, 1f))
                    : Math.clamp(images.getInt(i), 0, 255));
        }
        return Png.sheet(bytes, images.dim(2), images.dim(1), channels);
    }

    private void csv(OutputStream out) throws IOException {
        var names = new StringBuilder();
        outputs.forEach((name, output) -> {
            for (int i = 0; i < output.columns(); i++) {
                names.append(names.isEmpty() ? "" : ",");
                names.append(PredictedOutput.quoted(output.single() ? name : name + "[" + i + "]"));
            }
        });
        out.write(names.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        var row = new StringBuilder();
        for (int example = 0; example < count; example++) {
            row.setLength(0);
            boolean first = true;
            for (PredictedOutput output : outputs.values()) {
                int columns = output.columns();
                for (int i = 0; i < columns; i++) {
                    row.append(first ? "" : ",");
                    first = false;
                    output.cell(example, i, row);
                }
            }
            out.write(row.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void json(OutputStream out) throws IOException {
        var text = new StringBuilder("[");
        for (int example = 0; example < count; example++) {
            text.append(example == 0 ? "\n{" : ",\n{");
            boolean first = true;
            for (var output : outputs.entrySet()) {
                text.append(first ? "" : ",").append(Json.of(output.getKey())).append(':');
                first = false;
                output.getValue().json(example, text);
            }
            text.append('}');
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            text.setLength(0);
        }
        out.write(text.append("\n]\n").toString().getBytes(StandardCharsets.US_ASCII));
    }

    /// Writes one array in version 1 of NumPy's format.
    static void npy(Tensor tensor, OutputStream out) throws IOException {
        String descr = switch (tensor.dtype()) {
            case F32 -> "<f4";
            case I32 -> "<i4";
            case U8 -> "|u1";
            case BOOL -> "|b1";
        };
        String dimensions = Arrays.stream(tensor.shape())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", ", "(", tensor.rank() == 1 ? ",)" : ")"));
        String dictionary = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + dimensions + ", }";
        var header = new ByteArrayOutputStream();
        header.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        // The elements start at a multiple of 64 bytes; the header ends with a line end.
        int length = (10 + dictionary.length() + 1 + 63) / 64 * 64 - 10;
        header.write(length & 255);
        header.write(length >> 8);
        header.write(dictionary.getBytes(StandardCharsets.US_ASCII));
        header.write(" ".repeat(length - dictionary.length() - 1).getBytes(StandardCharsets.US_ASCII));
        header.write('\n');
        header.writeTo(out);
        int width = tensor.dtype().fileBytes();
        var bytes = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.size(); i++) {
            if (bytes.remaining() < width) {
                out.write(bytes.array(), 0, bytes.position());
                bytes.clear();
            }
            switch (tensor.dtype()) {
                case F32 -> bytes.putFloat(tensor.get(i));
                case I32 -> bytes.putInt(tensor.getInt(i));
                case U8, BOOL -> bytes.put((byte) tensor.getInt(i));
            }
        }
        out.write(bytes.array(), 0, bytes.position());
    }

    /// The names of the outputs.
    public List<String> names() {
        return List.copyOf(outputs.keySet());
    }
}
