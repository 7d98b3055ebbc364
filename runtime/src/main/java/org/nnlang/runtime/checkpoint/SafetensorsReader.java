package org.nnlang.runtime.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// Reads safetensors strictly, as its reference does: a header of at most 100 MB, tensors that lie end to end and fill
/// the file exactly, sizes that agree with shapes. All of that is checked before a tensor is allocated.
final class SafetensorsReader {
    private static final int LONGEST_HEADER = 100_000_000;
    private static final int BUFFER = 1 << 16;

    private SafetensorsReader() {}

    /// How a tensor is stored. Wide types are narrowed as they are read.
    private enum Stored {
        F32(4, DType.F32),
        F64(8, DType.F32),
        F16(2, DType.F32),
        BF16(2, DType.F32),
        I64(8, DType.I32),
        I32(4, DType.I32),
        I16(2, DType.I32),
        I8(1, DType.I32),
        U8(1, DType.U8),
        BOOL(1, DType.BOOL);

        private final int bytes;
        private final DType type;

        Stored(int bytes, DType type) {
            this.bytes = bytes;
            this.type = type;
        }

        static @Nullable Stored named(String name) {
            for (Stored stored : values()) {
                if (stored.name().equals(name)) {
                    return stored;
                }
            }
            return null;
        }
    }

    private record Entry(String name, Stored stored, List<Integer> shape, long from, long to) {}

    static Checkpoint read(Path path) {
        if (!Files.exists(path)) {
            throw CheckpointErrors.noFile(path);
        }
        if (Files.isDirectory(path)) {
            throw CheckpointErrors.folder(path);
        }
        try (FileChannel in = FileChannel.open(path)) {
            return read(path, in, in.size());
        } catch (IOException e) {
            throw CheckpointErrors.unreadable(path, e);
        }
    }

    /// Reads a checkpoint of `size` bytes.
    ///
    /// @param path what messages call it
    static Checkpoint read(Path path, ReadableByteChannel in, long size) throws IOException {
        if (size < 8) {
            throw CheckpointErrors.damaged(path, "it has " + size + " bytes, and a header's length takes 8");
        }
        long length = fill(in, ByteBuffer.allocate(8)).getLong();
        if (length < 2 || length > LONGEST_HEADER) {
            throw CheckpointErrors.damaged(path,
                    "its header cannot be " + Long.toUnsignedString(length) + " bytes long");
        }
        if (length > size - 8) {
            throw CheckpointErrors.damaged(
                    path, "its header takes " + length + " bytes, and " + (size - 8) + " are left");
        }
        Json header = header(path, fill(in, ByteBuffer.allocate((int) length)));
        var metadata = new TreeMap<String, String>();
        List<Entry> entries = entries(path, header, metadata, size - 8 - length);
        var tensors = new TreeMap<String, Tensor>();
        var block = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN).flip();
        var storage = new TreeMap<String, Storage>();
        for (Entry entry : entries) {
            tensors.put(entry.name(), tensor(path, entry, in, block));
            if (entry.stored() == Stored.F16 || entry.stored() == Stored.BF16) {
                storage.put(entry.name(), entry.stored() == Stored.F16 ? Storage.F16 : Storage.BF16);
            }
        }
        for (Entry entry : entries) {
            Tensor scales = tensors.get(entry.name() + Quantized.SCALES);
            if (entry.stored() == Stored.I8 && scales != null) {
                Tensor product = Quantized.product(Objects.requireNonNull(tensors.get(entry.name())), scales);
                if (product == null) {
                    throw CheckpointErrors.damaged(path,
                            "the scales of `" + entry.name() + "` do not fit it: " + Arrays.toString(scales.shape())
                                    + " for " + entry.shape());
                }
                tensors.put(entry.name(), product);
                tensors.remove(entry.name() + Quantized.SCALES);
                storage.put(entry.name(), Storage.I8);
            }
        }
        return new Checkpoint(tensors, metadata, storage);
    }

    private static Json header(Path path, ByteBuffer bytes) throws IOException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            if (!text.startsWith("{")) {
                throw CheckpointErrors.damaged(path, "its header does not start with `{`");
            }
            return Json.parse(text);
        } catch (CharacterCodingException _) {
            throw CheckpointErrors.damaged(path, "its header is not UTF-8");
        } catch (JsonException e) {
            throw CheckpointErrors.damaged(path, "its header is not JSON: " + e.getMessage());
        }
    }

    /// The tensors in the order in which they lie in the file.
    private static List<Entry> entries(Path path, Json header, Map<String, String> metadata, long available) {
        var entries = new ArrayList<Entry>();
        for (var member : header.members().entrySet()) {
            String name = member.getKey();
            try {
                if (name.equals(SafetensorsWriter.METADATA)) {
                    member.getValue().members().forEach((key, value) -> metadata.put(key, value.text()));
                } else {
                    entries.add(entry(path, name, member.getValue()));
                }
            } catch (JsonException e) {
                throw CheckpointErrors.damaged(path, "its entry `" + name + "` is malformed: " + e.getMessage());
            }
        }
        entries.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
        long at = 0;
        for (Entry entry : entries) {
            if (entry.from() != at) {
                throw CheckpointErrors.damaged(
                        path, "`" + entry.name() + "` starts at byte " + entry.from() + " instead of " + at);
            }
            at = entry.to();
        }
        if (at != available) {
            throw CheckpointErrors.damaged(
                    path,
                    at > available
                            ? "its tensors take " + at + " bytes, and " + available + " are there: it is cut off"
                            : (available - at) + " bytes follow its last tensor");
        }
        return entries;
    }

    private static Entry entry(Path path, String name, Json json) {
        String type = json.get("dtype").text();
        Stored stored = Stored.named(type);
        if (stored == null) {
            throw CheckpointErrors.foreignType(path, name, type);
        }
        var shape = new ArrayList<Integer>();
        long elements = 1;
        for (Json dimension : json.get("shape").items()) {
            int extent = dimension.integer();
            if (extent < 0) {
                throw new JsonException("a dimension is " + extent);
            }
            shape.add(extent);
            elements *= extent;
            if (elements > Integer.MAX_VALUE) {
                throw new JsonException("it has more than 2^31 - 1 elements");
            }
        }
        List<Json> offsets = json.get("data_offsets").items();
        if (offsets.size() != 2 || json.members().size() != 3) {
            throw new JsonException("it should have `dtype`, `shape` and two `data_offsets`");
        }
        long from = offsets.get(0).whole();
        long to = offsets.get(1).whole();
        if (from < 0 || to < from || to - from != elements * stored.bytes) {
            throw new JsonException("its offsets " + from + " to " + to + " do not fit " + elements + " elements of "
                    + type);
        }
        return new Entry(name, stored, shape, from, to);
    }

    private static Tensor tensor(Path path, Entry entry, ReadableByteChannel in, ByteBuffer block) throws IOException {
        int[] shape = entry.shape().stream().mapToInt(Integer::intValue).toArray();
        int size = Tensor.sizeOf(shape);
        boolean floating = entry.stored().type.isFloat();
        float[] floats = new float[floating ? size : 0];
        int[] ints = new int[floating ? 0 : size];
        for (int i = 0; i < size; i++) {
            if (block.remaining() < entry.stored().bytes) {
                more(path, in, block);
            }
            switch (entry.stored()) {
                case F32 -> floats[i] = block.getFloat();
                case F64 -> floats[i] = (float) block.getDouble();
                case F16 -> floats[i] = Float.float16ToFloat(block.getShort());
                case BF16 -> floats[i] = Float.intBitsToFloat(block.getShort() << 16);
                case I64 -> ints[i] = narrow(path, entry.name(), block.getLong());
                case I32 -> ints[i] = block.getInt();
                case I16 -> ints[i] = block.getShort();
                case I8 -> ints[i] = block.get();
                case U8 -> ints[i] = block.get() & 255;
                case BOOL -> ints[i] = block.get() == 0 ? 0 : 1;
            }
        }
        return floating ? Tensor.of(floats, shape) : Tensor.of(entry.stored().type, ints, shape);
    }

    private static int narrow(Path path, String name, long value) {
        if (value != (int) value) {
            throw CheckpointErrors.damaged(path, "`" + name + "` holds " + value + ", which does not fit an i32");
        }
        return (int) value;
    }

    private static void more(Path path, ReadableByteChannel in, ByteBuffer block) throws IOException {
        block.compact();
        int read = in.read(block);
        block.flip();
        if (read < 0) {
            throw CheckpointErrors.damaged(path, "it was cut off while it was read");
        }
    }

    private static ByteBuffer fill(ReadableByteChannel in, ByteBuffer buffer) throws IOException {
        boolean more = true;
        while (more && buffer.hasRemaining()) {
            more = in.read(buffer) >= 0;
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
}
