package org.nnlang.opencl.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds OpenCL: the usual loader, which knows all drivers, or one vendor's driver by itself.
@SuppressWarnings("restricted")
public final class Library {
    /// Names this or that library instead of the usual ones.
    public static final String PROPERTY = "nn.opencl.library";

    /// Loaders first; the folders of NVIDIA's containers and CUDA toolkits are often in no search path.
    private static final List<String> LOADERS = List.of(
            "libOpenCL.so.1", "OpenCL.dll", "/System/Library/Frameworks/OpenCL.framework/OpenCL",
            "/usr/local/cuda/lib64/libOpenCL.so.1", "/usr/local/nvidia/lib64/libOpenCL.so.1");

    /// Drivers that work without a loader.
    private static final List<String> DRIVERS = List.of(
            "libnvidia-opencl.so.1", "/usr/local/nvidia/lib64/libnvidia-opencl.so.1", "libamdocl64.so",
            "libigdrcl.so");

    /// The functions in the order of the table to which every object of a driver points (`cl_icd_dispatch` of the
    /// Khronos headers).
    private static final List<String> TABLE = List.of(
            "clGetPlatformIDs", "clGetPlatformInfo", "clGetDeviceIDs", "clGetDeviceInfo", "clCreateContext",
            "clCreateContextFromType", "clRetainContext", "clReleaseContext", "clGetContextInfo",
            "clCreateCommandQueue", "clRetainCommandQueue", "clReleaseCommandQueue", "clGetCommandQueueInfo",
            "clSetCommandQueueProperty", "clCreateBuffer", "clCreateImage2D", "clCreateImage3D",
            "clRetainMemObject", "clReleaseMemObject", "clGetSupportedImageFormats", "clGetMemObjectInfo",
            "clGetImageInfo", "clCreateSampler", "clRetainSampler", "clReleaseSampler", "clGetSamplerInfo",
            "clCreateProgramWithSource", "clCreateProgramWithBinary", "clRetainProgram", "clReleaseProgram",
            "clBuildProgram", "clUnloadCompiler", "clGetProgramInfo", "clGetProgramBuildInfo", "clCreateKernel",
            "clCreateKernelsInProgram", "clRetainKernel", "clReleaseKernel", "clSetKernelArg", "clGetKernelInfo",
            "clGetKernelWorkGroupInfo", "clWaitForEvents", "clGetEventInfo", "clRetainEvent", "clReleaseEvent",
            "clGetEventProfilingInfo", "clFlush", "clFinish", "clEnqueueReadBuffer", "clEnqueueWriteBuffer",
            "clEnqueueCopyBuffer", "clEnqueueReadImage", "clEnqueueWriteImage", "clEnqueueCopyImage",
            "clEnqueueCopyImageToBuffer", "clEnqueueCopyBufferToImage", "clEnqueueMapBuffer", "clEnqueueMapImage",
            "clEnqueueUnmapMemObject", "clEnqueueNDRangeKernel");

    private final String name;
    private final SymbolLookup symbols;

    private Library(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /// All drivers that have a platform, and why others have none.
    public record Found(List<Driver> drivers, List<String> problems) {}

    /// Looks in the usual places. Never throws.
    public static Found find() {
        String wanted = System.getProperty(PROPERTY);
        List<String> loaders = wanted == null ? LOADERS : List.of(wanted);
        List<String> problems = new ArrayList<>();
        List<Driver> drivers = new ArrayList<>();
        try {
            for (String loader : loaders) {
                if (drivers.isEmpty()) {
                    open(loader, drivers, problems);
                }
            }
            boolean gpu = drivers.stream().anyMatch(Library::hasGpu);
            for (String driver : wanted == null && !gpu ? DRIVERS : List.<String>of()) {
                open(driver, drivers, problems);
            }
        } catch (IllegalCallerException e) {
            problems.add("native access is denied: start Java with --enable-native-access=org.nnlang.opencl"
                    + " (ALL-UNNAMED on the class path)");
        }
        if (drivers.isEmpty() && problems.isEmpty()) {
            problems.add(
                    wanted != null
                            ? wanted + " cannot be loaded, though -D" + PROPERTY + " names it"
                            : "no OpenCL library was found: install a loader (Debian: ocl-icd-libopencl1) and your"
                                    + " device's driver, or name a library with -D" + PROPERTY + "=PATH");
        }
        return new Found(drivers, problems);
    }

    private static boolean hasGpu(Driver driver) {
        try {
            for (long platform : driver.platforms()) {
                for (long device : driver.devices(platform)) {
                    if ((driver.deviceNumber(device, Cl.DEVICE_TYPE) & Cl.DEVICE_TYPE_GPU) != 0) {
                        return true;
                    }
                }
            }
        } catch (OpenClException e) {
            return false;
        }
        return false;
    }

    private static void open(String name, List<Driver> drivers, List<String> problems) {
        SymbolLookup symbols;
        try {
            try (var _ = SignalHandlers.keep()) {
                symbols = SymbolLookup.libraryLookup(name, Arena.global());
            }
        } catch (IllegalArgumentException e) {
            return;
        }
        var library = new Library(name, symbols);
        try {
            Driver driver = library.driver();
            if (driver.platforms().isEmpty()) {
                problems.add(name + " knows no platform: install your device's driver, or let OCL_ICD_VENDORS name"
                        + " the folder of its .icd file");
            } else {
                drivers.add(driver);
            }
        } catch (OpenClException | UnsatisfiedLinkError e) {
            problems.add(name + ": " + e.getMessage());
        }
    }

    private Driver driver() {
        if (symbols.find("clGetPlatformIDs").isPresent() && symbols.find("clEnqueueNDRangeKernel").isPresent()) {
            return new NativeDriver(name, function -> symbols.find(function).orElseThrow(() -> missing(function)),
                    null);
        }
        MemorySegment platforms = vendorPlatforms();
        MemorySegment table = table(platforms);
        return new NativeDriver(
                name,
                function -> table.getAtIndex(ValueLayout.ADDRESS, TABLE.indexOf(function)),
                platforms);
    }

    private UnsatisfiedLinkError missing(String function) {
        return new UnsatisfiedLinkError(name + " lacks " + function);
    }

    /// A driver's own `clGetPlatformIDs`, which goes by another name.
    private MemorySegment vendorPlatforms() {
        String wanted = "clIcdGetPlatformIDsKHR";
        Optional<MemorySegment> direct = symbols.find(wanted);
        if (direct.isPresent()) {
            return direct.get();
        }
        MemorySegment lookup = symbols.find("clGetExtensionFunctionAddress").orElseThrow(() -> missing(wanted));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(lookup, FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                    .invokeExact(arena.allocateFrom(wanted));
            if (address.address() == 0) {
                throw missing(wanted);
            }
            return address;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// The table of functions to which the first platform points.
    private MemorySegment table(MemorySegment function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment platform = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            int status = (int) Linker.nativeLinker()
                    .downcallHandle(
                            function,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS))
                    .invokeExact(1, platform, count);
            if (status != 0 || count.get(ValueLayout.JAVA_INT, 0) == 0) {
                throw new OpenClException("clIcdGetPlatformIDsKHR", status == 0 ? -1001 : status);
            }
            MemorySegment first = platform.get(ValueLayout.ADDRESS, 0).reinterpret(ValueLayout.ADDRESS.byteSize());
            return first.get(ValueLayout.ADDRESS, 0)
                    .reinterpret(ValueLayout.ADDRESS.byteSize() * TABLE.size(), Arena.global(), null);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
