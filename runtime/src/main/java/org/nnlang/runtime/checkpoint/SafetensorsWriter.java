package org.nnlang.runtime.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.nnlang.runtime.json.Json;
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
        long offset = 0;
        for (var entry : checkpoint.tensors().entrySet()) {
            Tensor tensor = entry.getValue();
            var one = new LinkedHashMap<String, Json>();
            one.put("dtype", Json.of(tensor.dtype().name()));
            one.put("shape", shape(tensor));
            long end = offset + (long) tensor.size() * tensor.dtype().fileBytes();
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
        for (Tensor tensor : checkpoint.tensors().values()) {
            elements(tensor, block, out);
        }
        drain(block, out);
    }

    private static Json shape(Tensor tensor) {
        var dimensions = new ArrayList<Long>();
        for (int dimension : tensor.shape()) {
            dimensions.add((long) dimension);
        }
        return Json.of(dimensions);
    }

    private static void elements(Tensor tensor, ByteBuffer block, WritableByteChannel out) throws IOException {
        int width = tensor.dtype().fileBytes();
        int size = tensor.size();
        for (int at = 0; at < size;) {
            if (block.remaining() < width) {
                drain(block, out);
            }
            int end = Math.min(size, at + block.remaining() / width);
            switch (tensor.dtype()) {
                case F32 -> {
                    float[] values = tensor.floats();
                    for (int i = at; i < end; i++) {
                        block.putFloat(values[i]);
                    }
                }
                case I32 -> {
                    int[] values = tensor.ints();
                    for (int i = at; i < end; i++) {
                        block.putInt(values[i]);
                    }
                }
                case U8, BOOL -> {
                    int[] values = tensor.ints();
                    for (int i = at; i < end; i++) {
                        block.put((byte) values[i]);
                    }
                }
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
