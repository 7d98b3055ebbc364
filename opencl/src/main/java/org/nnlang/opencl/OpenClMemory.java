package org.nnlang.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnlang.opencl.code.Cuts;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.program.DeviceMemory;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;

/// The shared segments: buffers for floats and ints, one each, or as many as it takes where one would be larger than the device's
/// largest.
final class OpenClMemory implements DeviceMemory, AutoCloseable {
    /// Bytes copied at once.
    private static final int PIECE = 1 << 22;

    private final OpenClAccelerator accelerator;
    private final long[][] floats = new long[Segment.COUNT][0];
    private final long[][] ints = new long[Segment.COUNT][0];
    /// Where the segments are cut.
    final Cuts cuts;
    private final Set<OpenClProgram> programs = new LinkedHashSet<>();
    private boolean released;

    /// @param held how variables are held that are not held as they are
    OpenClMemory(OpenClAccelerator accelerator, List<Variable> variables, Map<String, Storage> held, int[] floatSizes,
            int[] intSizes) {
        this.accelerator = accelerator;
        long most = accelerator.largestBuffer();
        for (Variable variable : variables) {
            long needed = Cuts.needed(variable, held.getOrDefault(variable.name(), Storage.F32));
            if (needed > most) {
                throw OpenClErrors.tooLarge(
                        accelerator.device().name(), "`" + variable.name() + "`, one variable,", needed,
                        accelerator.largestBuffer());
            }
        }
        cuts = Cuts.of(variables, held, floatSizes, intSizes, most);
        accelerator.owns(this);
        try {
            for (Segment segment : Segment.values()) {
                int s = segment.ordinal();
                if (segment.isShared()) {
                    floats[s] = zeroed(segment, false);
                    ints[s] = zeroed(segment, true);
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private long[] zeroed(Segment segment, boolean isInts) {
        long[] buffers = new long[cuts.count(segment, isInts)];
        // What is made is known before anything fails.
        (isInts ? ints : floats)[segment.ordinal()] = buffers;
        for (int piece = 0; piece < buffers.length; piece++) {
            buffers[piece] = zeroed(bytes(segment, isInts, piece), segment);
        }
        return buffers;
    }

    private long bytes(Segment segment, boolean isInts, int piece) {
        return (long) Cuts.bytes(cuts.storage(segment, isInts, piece)) * cuts.size(segment, isInts, piece);
    }

    private long zeroed(long bytes, Segment segment) {
        long buffer = accelerator.buffer(bytes, segment.name().toLowerCase(java.util.Locale.ROOT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeros = arena.allocate(Math.clamp(bytes, 16, PIECE));
            for (long at = 0; at < bytes; at += PIECE) {
                accelerator.driver.write(
                        accelerator.queue, buffer, true, at, Math.min(PIECE, bytes - at), zeros, false);
            }
        } catch (OpenClException e) {
            accelerator.release(buffer, bytes);
            throw OpenClErrors.failed(accelerator.device().name(), "clearing memory", e);
        }
        return buffer;
    }

    /// The buffers of a segment, as [#cuts] says.
    long[] buffers(Segment segment, boolean isInts) {
        return (isInts ? ints : floats)[segment.ordinal()];
    }

    /// Copies a variable, or a part of one, which lies in one buffer.
    private interface Copy {
        /// @param bufferAt where it lies in the buffer, in bytes
        void copy(long buffer, long bufferAt, Storage storage);
    }

    private void find(Segment segment, boolean isInts, int offset, Copy copy) {
        int piece = cuts.piece(segment, isInts, offset);
        Storage storage = cuts.storage(segment, isInts, piece);
        copy.copy(
                buffers(segment, isInts)[piece],
                (long) Cuts.bytes(storage) * (offset - cuts.base(segment, isInts, offset)), storage);
    }

    @Override
    public void read(Segment segment, int offset, float[] target, int at, int count) {
        find(segment, false, offset, (buffer, from, storage) -> {
            if (storage == Storage.F32) {
                read(buffer, from, MemorySegment.ofArray(target), 4L * at, 4L * count);
                return;
            }
            var bits = new short[count];
            read(buffer, from, MemorySegment.ofArray(bits), 0, 2L * count);
            for (int i = 0; i < count; i++) {
                target[at + i] = storage.widened(bits[i]);
            }
        });
    }

    @Override
    public void read(Segment segment, int offset, int[] target, int at, int count) {
        find(segment, true, offset,
                (buffer, from, _) -> read(buffer, from, MemorySegment.ofArray(target), 4L * at, 4L * count));
    }

    private void read(long buffer, long from, MemorySegment target, long at, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(Math.clamp(bytes, 16, PIECE), 16);
            for (long done = 0; done < bytes; done += PIECE) {
                long size = Math.min(PIECE, bytes - done);
                accelerator.driver.read(accelerator.queue, buffer, true, from + done, size, piece);
                MemorySegment.copy(piece, 0, target, at + done, size);
            }
        } catch (OpenClException e) {
            throw OpenClErrors.failed(accelerator.device().name(), "reading variables", e);
        }
    }

    @Override
    public void write(Segment segment, int offset, float[] source, int at, int count) {
        find(segment, false, offset, (buffer, to, storage) -> {
            if (storage == Storage.F32) {
                write(buffer, to, MemorySegment.ofArray(source), 4L * at, 4L * count);
                return;
            }
            var bits = new short[count];
            for (int i = 0; i < count; i++) {
                bits[i] = storage.narrowed(source[at + i]);
            }
            write(buffer, to, MemorySegment.ofArray(bits), 0, 2L * count);
        });
    }

    @Override
    public void write(Segment segment, int offset, int[] source, int at, int count) {
        find(segment, true, offset,
                (buffer, to, _) -> write(buffer, to, MemorySegment.ofArray(source), 4L * at, 4L * count));
    }

    private void write(long buffer, long to, MemorySegment source, long at, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(Math.clamp(bytes, 16, PIECE), 16);
            for (long done = 0; done < bytes; done += PIECE) {
                long size = Math.min(PIECE, bytes - done);
                MemorySegment.copy(source, at + done, piece, 0, size);
                accelerator.driver.write(accelerator.queue, buffer, true, to + done, size, piece, false);
            }
        } catch (OpenClException e) {
            throw OpenClErrors.failed(accelerator.device().name(), "writing variables", e);
        }
    }

    /// A program that works on it, and goes with it.
    void serves(OpenClProgram program) {
        programs.add(program);
    }

    void forget(OpenClProgram program) {
        programs.remove(program);
    }

    @Override
    public void release() {
        close();
    }

    @Override
    public void close() {
        if (released) {
            return;
        }
        released = true;
        accelerator.forget(this);
        List.copyOf(programs).forEach(OpenClProgram::close);
        for (Segment segment : Segment.values()) {
            release(segment, false);
            release(segment, true);
        }
    }

    private void release(Segment segment, boolean isInts) {
        long[] buffers = buffers(segment, isInts);
        for (int piece = 0; piece < buffers.length; piece++) {
            long buffer = buffers[piece];
            long bytes = bytes(segment, isInts, piece);
            if (buffer != 0) {
                OpenClAccelerator.quietly(() -> accelerator.release(buffer, bytes));
            }
        }
    }
}
