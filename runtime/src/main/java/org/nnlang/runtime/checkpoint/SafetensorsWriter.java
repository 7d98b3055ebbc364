package org.nnlang.runtime.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// Writes safetensors: the header's length (u64, little-endian), the header in JSON, the tensors' bytes without gaps.
/// The layout follows from the sorted names, so equal contents have equal bytes.
final class SafetensorsWriter {
    static final String METADATA = "__metadata__";

    private static final int BUFFER = 1 << 16;

    private SafetensorsWriter() {}

    static void write(Checkpoint checkpoint, WritableByteChannel out) throws IOException {
        var header = new LinkedHashMap<String, Json>();
        if (!checkpoint.metadata().isEmpty()) {
            header.put(METADATA, Json.of(checkpoint.metadata()));
        }
        var parts = new TreeMap<String, Part>();
        checkpoint.tensors().forEach((name, tensor) -> parts(name, tensor, checkpoint.storage(name), parts));
        long offset = 0;
        for (var entry : parts.entrySet()) {
            Part part = entry.getValue();
            var one = new LinkedHashMap<String, Json>();
            one.put("dtype", Json.of(part.type()));
            one.put("shape", shape(part.shape()));
            long end = offset + (long) part.size() * part.width();
            one.put("data_offsets", Json.of(List.of(offset, end)));
            header.put(entry.getKey(), new Json.Members(one));
            offset = end;
        }
        byte[] text = new Json.Members(header).toString().getBytes(StandardCharsets.UTF_8);
        // Blanks fill the header, so that tensors start at a multiple of 8 bytes.
        int length = (text.length + 7) / 8 * 8;
        var buffer = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(length).put(text);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        drain(buffer, out);
        var block = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        for (Part part : parts.values()) {
            elements(part, block, out);
        }
        drain(block, out);
    }

    /// What lies in the file under one name.
    ///
    /// @param type  as safetensors calls it
    /// @param width bytes of an element
    private record Part(String type, int[] shape, int size, int width, Elements elements) {}

    /// Puts element `i` into a buffer.
    @FunctionalInterface
    private interface Elements {
        void put(int i, ByteBuffer block);
    }

    private static void parts(String name, Tensor tensor, Storage storage, Map<String, Part> parts) {
        if (!tensor.dtype().isFloat()) {
            int[] ints = tensor.ints();
            boolean wide = tensor.dtype() == DType.I32;
            parts.put(name, new Part(tensor.dtype().name(), tensor.shape(), ints.length, tensor.dtype().fileBytes(),
                    wide ? (i, block) -> block.putInt(ints[i]) : (i, block) -> block.put((byte) ints[i])));
            return;
        }
        float[] floats = tensor.floats();
        switch (storage) {
            case F32 -> parts.put(name, plain(floats, tensor.shape()));
            case F16 -> parts.put(name, new Part("F16", tensor.shape(), floats.length, 2,
                    (i, block) -> block.putShort(Float.floatToFloat16(floats[i]))));
            case BF16 -> parts.put(name, new Part("BF16", tensor.shape(), floats.length, 2,
                    (i, block) -> block.putShort((short) Storage.upperHalf(floats[i]))));
            case I8 -> {
                Quantized quantized = Quantized.of(tensor);
                byte[] bytes = quantized.values();
                parts.put(name, new Part("I8", tensor.shape(), bytes.length, 1, (i, block) -> block.put(bytes[i])));
                parts.put(name + Quantized.SCALES, plain(quantized.scales(), quantized.scaleShape()));
            }
        }
    }

    private static Part plain(float[] floats, int[] shape) {
        return new Part("F32", shape, floats.length, 4, (i, block) -> block.putFloat(floats[i]));
    }

    private static Json shape(int[] shape) {
        var dimensions = new ArrayList<Long>();
        for (int dimension : shape) {
            dimensions.add((long) dimension);
        }
        return Json.of(dimensions);
    }

    private static void elements(Part part, ByteBuffer block, WritableByteChannel out) throws IOException {
        for (int at = 0; at < part.size();) {
            if (block.remaining() < part.width()) {
                drain(block, out);
            }
            int end = Math.min(part.size(), at + block.remaining() / part.width());
            for (int i = at; i < end; i++) {
                part.elements().put(i, block);
            }
            at = end;
        }
    }

    private static void drain(ByteBuffer block, WritableByteChannel out) throws IOException {
        block.flip();
        while (block.hasRemaining()) {
            out.write(block);
        }
        block.clear();
    }

}
