package org.nnlang.opencl.driver;

/// Numbers of `cl.h`, under their names there.
public final class Cl {
    public static final int PLATFORM_VERSION = 0x0901;
    public static final int PLATFORM_NAME = 0x0902;
    public static final int PLATFORM_VENDOR = 0x0903;

    public static final int DEVICE_TYPE = 0x1000;
    public static final int DEVICE_VENDOR_ID = 0x1001;
    public static final int DEVICE_MAX_COMPUTE_UNITS = 0x1002;
    public static final int DEVICE_MAX_WORK_GROUP_SIZE = 0x1004;
    public static final int DEVICE_MAX_CLOCK_FREQUENCY = 0x100C;
    public static final int DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010;
    public static final int DEVICE_MAX_PARAMETER_SIZE = 0x1017;
    public static final int DEVICE_SINGLE_FP_CONFIG = 0x101B;
    public static final int DEVICE_GLOBAL_MEM_SIZE = 0x101F;
    public static final int DEVICE_LOCAL_MEM_SIZE = 0x1023;
    public static final int DEVICE_AVAILABLE = 0x1027;
    public static final int DEVICE_COMPILER_AVAILABLE = 0x1028;
    public static final int DEVICE_NAME = 0x102B;
    public static final int DEVICE_VENDOR = 0x102C;
    public static final int DRIVER_VERSION = 0x102D;
    public static final int DEVICE_VERSION = 0x102F;
    public static final int DEVICE_EXTENSIONS = 0x1030;
    public static final int DEVICE_OPENCL_C_VERSION = 0x103D;

    public static final long DEVICE_TYPE_CPU = 2;
    public static final long DEVICE_TYPE_GPU = 4;
    public static final long DEVICE_TYPE_ACCELERATOR = 8;
    public static final long DEVICE_TYPE_ALL = 0xFFFFFFFFL;

    /// In the floating-point configuration.
    public static final long FP_DENORM = 1;
    public static final long FP_CORRECTLY_ROUNDED_DIVIDE_SQRT = 1 << 7;

    public static final long MEM_READ_WRITE = 1;
    public static final long MEM_ALLOC_HOST_PTR = 1 << 4;

    public static final int KERNEL_WORK_GROUP_SIZE = 0x11B0;

    private Cl() {}
}
