package org.nnlang.opencl.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// OpenCL itself. Handles and sizes are passed as 64-bit integers, which is what pointers and `size_t` are on every machine
/// that has a JVM of today.
@SuppressWarnings("restricted")
final class NativeDriver implements Driver {
    private static final MemorySegment NULL = MemorySegment.NULL;

    private final String origin;
    private final Function<String, MemorySegment> functions;
    private final MethodHandle getPlatformIds;
    private final MethodHandle getPlatformInfo;
    private final MethodHandle getDeviceIds;
    private final MethodHandle getDeviceInfo;
    private final MethodHandle createContext;
    private final MethodHandle releaseContext;
    private final MethodHandle createQueue;
    private final MethodHandle releaseQueue;
    private final MethodHandle createBuffer;
    private final MethodHandle releaseBuffer;
    private final MethodHandle createFromSource;
    private final MethodHandle createFromBinary;
    private final MethodHandle buildProgram;
    private final MethodHandle getBuildInfo;
    private final MethodHandle getProgramInfo;
    private final MethodHandle releaseProgram;
    private final MethodHandle createKernel;
    private final MethodHandle releaseKernel;
    private final MethodHandle setArgument;
    private final MethodHandle getWorkGroupInfo;
    private final MethodHandle enqueueKernel;
    private final MethodHandle enqueueRead;
    private final MethodHandle enqueueWrite;
    private final MethodHandle enqueueCopy;
    private final MethodHandle enqueueMap;
    private final MethodHandle enqueueUnmap;
    private final MethodHandle flush;
    private final MethodHandle finish;
    private final MethodHandle waitForEvents;
    private final MethodHandle releaseEvent;
    private final MethodHandle getProfilingInfo;

    /// Receives what a call writes; one thread at a time uses a driver.
    private final MemorySegment status = Arena.ofAuto().allocate(JAVA_LONG);
    private final MemorySegment event = Arena.ofAuto().allocate(JAVA_LONG);

    /// @param functions gives the address of each function
    /// @param platforms the function that lists platforms, where it goes by another name
    NativeDriver(String origin, Function<String, MemorySegment> functions, @Nullable MemorySegment platforms) {
        this.origin = origin;
        this.functions = functions;
        getPlatformIds = handle(
                platforms == null ? functions.apply("clGetPlatformIDs") : platforms, JAVA_INT, JAVA_INT, ADDRESS,
                ADDRESS);
        getPlatformInfo = handle("clGetPlatformInfo", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        getDeviceIds = handle("clGetDeviceIDs", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
        getDeviceInfo = handle("clGetDeviceInfo", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        createContext = handle("clCreateContext", JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        releaseContext = handle("clReleaseContext", JAVA_INT, JAVA_LONG);
        createQueue = handle("clCreateCommandQueue", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);
        releaseQueue = handle("clReleaseCommandQueue", JAVA_INT, JAVA_LONG);
        createBuffer = handle("clCreateBuffer", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS);
        releaseBuffer = handle("clReleaseMemObject", JAVA_INT, JAVA_LONG);
        createFromSource = handle(
                "clCreateProgramWithSource", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        createFromBinary = handle(
                "clCreateProgramWithBinary", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS);
        buildProgram = handle("clBuildProgram", JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        getBuildInfo = handle(
                "clGetProgramBuildInfo", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        getProgramInfo = handle("clGetProgramInfo", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        releaseProgram = handle("clReleaseProgram", JAVA_INT, JAVA_LONG);
        createKernel = handle("clCreateKernel", JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS);
        releaseKernel = handle("clReleaseKernel", JAVA_INT, JAVA_LONG);
        setArgument = handle("clSetKernelArg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS);
        getWorkGroupInfo = handle(
                "clGetKernelWorkGroupInfo", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        enqueueKernel = handle(
                "clEnqueueNDRangeKernel", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT,
                ADDRESS, ADDRESS);
        enqueueRead = handle(
                "clEnqueueReadBuffer", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS,
                JAVA_INT,
                ADDRESS, ADDRESS);
        enqueueWrite = handle(
                "clEnqueueWriteBuffer", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS,
                JAVA_INT, ADDRESS, ADDRESS);
        enqueueCopy = handle(
                "clEnqueueCopyBuffer", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_INT, ADDRESS, ADDRESS);
        enqueueMap = handle(
                "clEnqueueMapBuffer", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_INT,
                ADDRESS, ADDRESS, ADDRESS);
        enqueueUnmap = handle(
                "clEnqueueUnmapMemObject", JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        flush = handle("clFlush", JAVA_INT, JAVA_LONG);
        finish = handle("clFinish", JAVA_INT, JAVA_LONG);
        waitForEvents = handle("clWaitForEvents", JAVA_INT, JAVA_INT, ADDRESS);
        releaseEvent = handle("clReleaseEvent", JAVA_INT, JAVA_LONG);
        getProfilingInfo =
                handle("clGetEventProfilingInfo", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
    }

    private MethodHandle handle(String function, MemoryLayout result, MemoryLayout... arguments) {
        return handle(functions.apply(function), result, arguments);
    }

    private static MethodHandle handle(MemorySegment address, MemoryLayout result, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(result, arguments));
    }

    /// Throws what a call threw. No call of OpenCL throws anything checked.
    private static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            return exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(thrown);
    }

    private static void check(String function, int code) {
        if (code != 0) {
            throw new OpenClException(function, code);
        }
    }

    private long created(String function, long handle) {
        check(function, status.get(JAVA_INT, 0));
        return handle;
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public List<Long> platforms() {
        try (var _ = SignalHandlers.keep(); Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            int code = (int) getPlatformIds.invokeExact(0, NULL, count);
            int found = count.get(JAVA_INT, 0);
            if (code == -1001 || (code == 0 && found == 0)) {
                return List.of();
            }
            check("clGetPlatformIDs", code);
            MemorySegment ids = arena.allocate(JAVA_LONG, found);
            check("clGetPlatformIDs", (int) getPlatformIds.invokeExact(found, ids, NULL));
            return longs(ids, found);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static List<Long> longs(MemorySegment ids, int count) {
        List<Long> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(ids.getAtIndex(JAVA_LONG, i));
        }
        return list;
    }

    /// Asks for a text: first how long it is.
    private static String text(String function, Query query) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            check(function, query.ask(0, NULL, size));
            long bytes = size.get(JAVA_LONG, 0);
            if (bytes == 0) {
                return "";
            }
            MemorySegment text = arena.allocate(bytes);
            check(function, query.ask(bytes, text, NULL));
            String all = new String(text.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            int end = all.indexOf('\0');
            return (end < 0 ? all : all.substring(0, end)).strip();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private interface Query {
        int ask(long bytes, MemorySegment value, MemorySegment size) throws Throwable;
    }

    private static long number(String function, Query query) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_LONG);
            MemorySegment size = arena.allocate(JAVA_LONG);
            check(function, query.ask(8, value, size));
            return size.get(JAVA_LONG, 0) == 4 ? value.get(JAVA_INT, 0) & 0xFFFFFFFFL : value.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public String platformText(long platform, int what) {
        return text(
                "clGetPlatformInfo",
                (bytes, value, size) -> (int) getPlatformInfo.invokeExact(platform, what, bytes, value, size));
    }

    @Override
    public List<Long> devices(long platform) {
        try (var _ = SignalHandlers.keep(); Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            int code = (int) getDeviceIds.invokeExact(platform, Cl.DEVICE_TYPE_ALL, 0, NULL, count);
            int found = count.get(JAVA_INT, 0);
            if (code == -1 || (code == 0 && found == 0)) {
                return List.of();
            }
            check("clGetDeviceIDs", code);
            MemorySegment ids = arena.allocate(JAVA_LONG, found);
            check("clGetDeviceIDs", (int) getDeviceIds.invokeExact(platform, Cl.DEVICE_TYPE_ALL, found, ids, NULL));
            return longs(ids, found);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public String deviceText(long device, int what) {
        return text(
                "clGetDeviceInfo",
                (bytes, value, size) -> (int) getDeviceInfo.invokeExact(device, what, bytes, value, size));
    }

    @Override
    public long deviceNumber(long device, int what) {
        return number(
                "clGetDeviceInfo",
                (bytes, value, size) -> (int) getDeviceInfo.invokeExact(device, what, bytes, value, size));
    }

    @Override
    public long createContext(long device) {
        try (var _ = SignalHandlers.keep(); Arena arena = Arena.ofConfined()) {
            MemorySegment devices = arena.allocateFrom(JAVA_LONG, device);
            return created(
                    "clCreateContext", (long) createContext.invokeExact(NULL, 1, devices, NULL, NULL, status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void releaseContext(long context) {
        try {
            check("clReleaseContext", (int) releaseContext.invokeExact(context));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long createQueue(long context, long device, boolean profiling) {
        try {
            long properties = profiling ? 2 : 0;
            return created(
                    "clCreateCommandQueue", (long) createQueue.invokeExact(context, device, properties, status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void releaseQueue(long queue) {
        try {
            check("clReleaseCommandQueue", (int) releaseQueue.invokeExact(queue));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long createBuffer(long context, long flags, long bytes) {
        try {
            return created("clCreateBuffer", (long) createBuffer.invokeExact(context, flags, bytes, NULL, status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void releaseBuffer(long buffer) {
        try {
            check("clReleaseMemObject", (int) releaseBuffer.invokeExact(buffer));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long createProgram(long context, String source) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(source);
            MemorySegment texts = arena.allocateFrom(ADDRESS, text);
            return created(
                    "clCreateProgramWithSource",
                    (long) createFromSource.invokeExact(context, 1, texts, NULL, status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long createProgram(long context, long device, byte[] binary) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment devices = arena.allocateFrom(JAVA_LONG, device);
            MemorySegment lengths = arena.allocateFrom(JAVA_LONG, binary.length);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, binary);
            MemorySegment binaries = arena.allocateFrom(ADDRESS, bytes);
            MemorySegment outcome = arena.allocate(JAVA_INT);
            long program = (long) createFromBinary.invokeExact(context, 1, devices, lengths, binaries, outcome, status);
            return status.get(JAVA_INT, 0) == 0 ? program : 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void build(long program, long device, String options) {
        try (var _ = SignalHandlers.keep(); Arena arena = Arena.ofConfined()) {
            MemorySegment devices = arena.allocateFrom(JAVA_LONG, device);
            MemorySegment text = arena.allocateFrom(options);
            check("clBuildProgram", (int) buildProgram.invokeExact(program, 1, devices, text, NULL, NULL));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public String buildLog(long program, long device) {
        return text(
                "clGetProgramBuildInfo",
                (bytes, value, size) -> (int) getBuildInfo.invokeExact(program, device, 0x1183, bytes, value, size));
    }

    @Override
    public byte[] binary(long program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            check("clGetProgramInfo", (int) getProgramInfo.invokeExact(program, 0x1165, 8L, size, NULL));
            MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
            MemorySegment binaries = arena.allocateFrom(ADDRESS, bytes);
            check("clGetProgramInfo", (int) getProgramInfo.invokeExact(program, 0x1166, 8L, binaries, NULL));
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void releaseProgram(long program) {
        try {
            check("clReleaseProgram", (int) releaseProgram.invokeExact(program));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long createKernel(long program, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return created("clCreateKernel", (long) createKernel.invokeExact(program, text, status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void releaseKernel(long kernel) {
        try {
            check("clReleaseKernel", (int) releaseKernel.invokeExact(kernel));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void argument(long kernel, int index, long bytes, MemorySegment value) {
        try {
            check("clSetKernelArg", (int) setArgument.invokeExact(kernel, index, bytes, value));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long kernelNumber(long kernel, long device, int what) {
        return number(
                "clGetKernelWorkGroupInfo",
                (bytes, value, size) -> (int) getWorkGroupInfo.invokeExact(kernel, device, what, bytes, value, size));
    }

    @Override
    public long enqueue(long queue, long kernel, MemorySegment sizes, boolean wantsEvent) {
        try {
            MemorySegment global = sizes.asSlice(0, 24);
            MemorySegment local = sizes.asSlice(24, 24);
            MemorySegment result = wantsEvent ? event : NULL;
            check(
                    "clEnqueueNDRangeKernel",
                    (int) enqueueKernel.invokeExact(queue, kernel, 3, NULL, global, local, 0, NULL, result));
            return wantsEvent ? event.get(JAVA_LONG, 0) : 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void read(long queue, long buffer, boolean blocking, long offset, long bytes, MemorySegment target) {
        try {
            int wait = blocking ? 1 : 0;
            check(
                    "clEnqueueReadBuffer",
                    (int) enqueueRead.invokeExact(queue, buffer, wait, offset, bytes, target, 0, NULL, NULL));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long write(long queue, long buffer, boolean blocking, long offset, long bytes, MemorySegment source,
            boolean wantsEvent) {
        try {
            int wait = blocking ? 1 : 0;
            MemorySegment result = wantsEvent ? event : NULL;
            check(
                    "clEnqueueWriteBuffer",
                    (int) enqueueWrite.invokeExact(queue, buffer, wait, offset, bytes, source, 0, NULL, result));
            return wantsEvent ? event.get(JAVA_LONG, 0) : 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void copy(long queue, long source, long target, long sourceOffset, long targetOffset, long bytes) {
        try {
            check(
                    "clEnqueueCopyBuffer",
                    (int) enqueueCopy.invokeExact(
                            queue, source, target, sourceOffset, targetOffset, bytes, 0, NULL, NULL));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public MemorySegment map(long queue, long buffer, long bytes) {
        try {
            MemorySegment mapped =
                    (MemorySegment) enqueueMap.invokeExact(queue, buffer, 1, 3L, 0L, bytes, 0, NULL, NULL, status);
            check("clEnqueueMapBuffer", status.get(JAVA_INT, 0));
            return mapped.reinterpret(bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void unmap(long queue, long buffer, MemorySegment mapped) {
        try {
            check("clEnqueueUnmapMemObject", (int) enqueueUnmap.invokeExact(queue, buffer, mapped, 0, NULL, NULL));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void flush(long queue) {
        try {
            check("clFlush", (int) flush.invokeExact(queue));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void finish(long queue) {
        try {
            check("clFinish", (int) finish.invokeExact(queue));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void await(long waited) {
        try {
            event.set(JAVA_LONG, 0, waited);
            check("clWaitForEvents", (int) waitForEvents.invokeExact(1, event));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void releaseEvent(long released) {
        try {
            check("clReleaseEvent", (int) releaseEvent.invokeExact(released));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long duration(long measured) {
        return profiled(measured, 0x1283) - profiled(measured, 0x1282);
    }

    private long profiled(long measured, int what) {
        return number(
                "clGetEventProfilingInfo",
                (bytes, value, size) -> (int) getProfilingInfo.invokeExact(measured, what, bytes, value, size));
    }
}
