package org.nnlang.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.program.DeviceMemory;
import org.nnlang.runtime.program.Segment;

/// The shared segments: one buffer each for floats and ints.
final class OpenClMemory implements DeviceMemory, AutoCloseable {
    /// Bytes copied at once.
    private static final int PIECE = 1 << 22;

    private final OpenClAccelerator accelerator;
    private final long[] floats = new long[Segment.COUNT];
    private final long[] ints = new long[Segment.COUNT];
    private final int[] floatSizes;
    private final int[] intSizes;
    private final Set<OpenClProgram> programs = new LinkedHashSet<>();
    private boolean released;

    OpenClMemory(OpenClAccelerator accelerator, int[] floatSizes, int[] intSizes) {
        this.accelerator = accelerator;
        this.floatSizes = floatSizes.clone();
        this.intSizes = intSizes.clone();
        accelerator.owns(this);
        try {
            for (Segment segment : Segment.values()) {
                int s = segment.ordinal();
                if (segment.isShared()) {
                    floats[s] = zeroed(4L * floatSizes[s], segment);
                    ints[s] = zeroed(4L * intSizes[s], segment);
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
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

    long buffer(Segment segment, boolean isInts) {
        return (isInts ? ints : floats)[segment.ordinal()];
    }

    /// How many floats a segment has.
    int floats(Segment segment) {
        return floatSizes[segment.ordinal()];
    }

    @Override
    public void read(Segment segment, int offset, float[] target, int at, int count) {
        read(buffer(segment, false), offset, MemorySegment.ofArray(target), at, count);
    }

    @Override
    public void read(Segment segment, int offset, int[] target, int at, int count) {
        read(buffer(segment, true), offset, MemorySegment.ofArray(target), at, count);
    }

    private void read(long buffer, int offset, MemorySegment target, int at, int count) {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = 4L * count;
            MemorySegment piece = arena.allocate(Math.clamp(bytes, 16, PIECE), 16);
            for (long done = 0; done < bytes; done += PIECE) {
                long size = Math.min(PIECE, bytes - done);
                accelerator.driver.read(accelerator.queue, buffer, true, 4L * offset + done, size, piece);
                MemorySegment.copy(piece, 0, target, 4L * at + done, size);
            }
        } catch (OpenClException e) {
            throw OpenClErrors.failed(accelerator.device().name(), "reading variables", e);
        }
    }

    @Override
    public void write(Segment segment, int offset, float[] source, int at, int count) {
        write(buffer(segment, false), offset, MemorySegment.ofArray(source), at, count);
    }

    @Override
    public void write(Segment segment, int offset, int[] source, int at, int count) {
        write(buffer(segment, true), offset, MemorySegment.ofArray(source), at, count);
    }

    private void write(long buffer, int offset, MemorySegment source, int at, int count) {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = 4L * count;
            MemorySegment piece = arena.allocate(Math.clamp(bytes, 16, PIECE), 16);
            for (long done = 0; done < bytes; done += PIECE) {
                long size = Math.min(PIECE, bytes - done);
                MemorySegment.copy(source, 4L * at + done, piece, 0, size);
                accelerator.driver.write(accelerator.queue, buffer, true, 4L * offset + done, size, piece, false);
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
        for (int s = 0; s < Segment.COUNT; s++) {
            release(floats[s], floatSizes[s]);
            release(ints[s], intSizes[s]);
        }
    }

    private void release(long buffer, int size) {
        if (buffer != 0) {
            OpenClAccelerator.quietly(() -> accelerator.release(buffer, 4L * size));
        }
    }
}
