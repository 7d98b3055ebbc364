package org.nnlang.opencl.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Gives the virtual machine its signal handlers back after a call of a driver that put its own in their place.
///
/// The machine lives on signals: a null that is used, a division by zero, a thread that is to stop for the garbage collector all
/// arrive as one. PoCL, when it is first used, puts a handler of its own in the place of that for arithmetic, which skips the
/// division, so that `1 / 0` is a number in Java; and LLVM, which it compiles with, takes all others. Those of LLVM delete the files that
/// are being written, which a driver then misses, and hold for one signal only: the process ends where two threads meet it at once.
final class SignalHandlers implements AutoCloseable {
    /// Of POSIX's signals without those of real time.
    private static final int COUNT = 31;

    /// More than `struct sigaction` takes anywhere. It begins with the handler's address on every system that has it.
    private static final int BYTES = 512;

    /// What another thread finds in between is not to be kept.
    private static final ReentrantLock LOCK = new ReentrantLock();

    private static final @Nullable MethodHandle ACTION = action();

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment before = arena.allocate((long) COUNT * BYTES, JAVA_LONG.byteSize());
    private final MemorySegment after = arena.allocate(BYTES, JAVA_LONG.byteSize());

    private SignalHandlers() {
        for (int signal = 1; signal <= COUNT; signal++) {
            action(signal, MemorySegment.NULL, at(signal));
        }
    }

    @SuppressWarnings("restricted")
    private static @Nullable MethodHandle action() {
        try {
            return Linker.nativeLinker().defaultLookup().find("sigaction")
                    .map(address -> Linker.nativeLinker()
                            .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS)))
                    .orElse(null);
        } catch (IllegalCallerException e) {
            // Native access is denied: no driver is loaded either, and whoever loads them says so.
            return null;
        }
    }

    /// Those of now, to be put back by [#close]. Other threads that ask for the same wait until then.
    static SignalHandlers keep() {
        LOCK.lock();
        try {
            return new SignalHandlers();
        } catch (RuntimeException | Error e) {
            LOCK.unlock();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            for (int signal = 1; signal <= COUNT; signal++) {
                if (action(signal, MemorySegment.NULL, after)
                        && after.get(JAVA_LONG, 0) != at(signal).get(JAVA_LONG, 0)) {
                    action(signal, at(signal), MemorySegment.NULL);
                }
            }
        } finally {
            arena.close();
            LOCK.unlock();
        }
    }

    private MemorySegment at(int signal) {
        return before.asSlice((signal - 1L) * BYTES, BYTES);
    }

    /// `sigaction`; whether it was done, which it is not for signals that nobody can handle, nor where there is no such function.
    private static boolean action(int signal, MemorySegment wanted, MemorySegment found) {
        if (ACTION == null) {
            return false;
        }
        try {
            return (int) ACTION.invokeExact(signal, wanted, found) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
