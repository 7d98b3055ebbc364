package org.nnlang.opencl.driver;

import java.util.Map;

/// An error of OpenCL, by its name.
public final class OpenClException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Not enough memory on the device.
    public static final int MEM_OBJECT_ALLOCATION_FAILURE = -4;
    /// Not enough of something else.
    public static final int OUT_OF_RESOURCES = -5;
    /// Not enough memory on the host.
    public static final int OUT_OF_HOST_MEMORY = -6;
    /// The compiler rejects a program.
    public static final int BUILD_PROGRAM_FAILURE = -11;
    /// A buffer of a size that the device does not have.
    public static final int INVALID_BUFFER_SIZE = -61;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(-1, "DEVICE_NOT_FOUND"),
            Map.entry(-2, "DEVICE_NOT_AVAILABLE"),
            Map.entry(-3, "COMPILER_NOT_AVAILABLE"),
            Map.entry(-4, "MEM_OBJECT_ALLOCATION_FAILURE"),
            Map.entry(-5, "OUT_OF_RESOURCES"),
            Map.entry(-6, "OUT_OF_HOST_MEMORY"),
            Map.entry(-7, "PROFILING_INFO_NOT_AVAILABLE"),
            Map.entry(-8, "MEM_COPY_OVERLAP"),
            Map.entry(-11, "BUILD_PROGRAM_FAILURE"),
            Map.entry(-12, "MAP_FAILURE"),
            Map.entry(-13, "MISALIGNED_SUB_BUFFER_OFFSET"),
            Map.entry(-14, "EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"),
            Map.entry(-15, "COMPILE_PROGRAM_FAILURE"),
            Map.entry(-30, "INVALID_VALUE"),
            Map.entry(-31, "INVALID_DEVICE_TYPE"),
            Map.entry(-32, "INVALID_PLATFORM"),
            Map.entry(-33, "INVALID_DEVICE"),
            Map.entry(-34, "INVALID_CONTEXT"),
            Map.entry(-35, "INVALID_QUEUE_PROPERTIES"),
            Map.entry(-36, "INVALID_COMMAND_QUEUE"),
            Map.entry(-37, "INVALID_HOST_PTR"),
            Map.entry(-38, "INVALID_MEM_OBJECT"),
            Map.entry(-42, "INVALID_BINARY"),
            Map.entry(-43, "INVALID_BUILD_OPTIONS"),
            Map.entry(-44, "INVALID_PROGRAM"),
            Map.entry(-45, "INVALID_PROGRAM_EXECUTABLE"),
            Map.entry(-46, "INVALID_KERNEL_NAME"),
            Map.entry(-47, "INVALID_KERNEL_DEFINITION"),
            Map.entry(-48, "INVALID_KERNEL"),
            Map.entry(-49, "INVALID_ARG_INDEX"),
            Map.entry(-50, "INVALID_ARG_VALUE"),
            Map.entry(-51, "INVALID_ARG_SIZE"),
            Map.entry(-52, "INVALID_KERNEL_ARGS"),
            Map.entry(-53, "INVALID_WORK_DIMENSION"),
            Map.entry(-54, "INVALID_WORK_GROUP_SIZE"),
            Map.entry(-55, "INVALID_WORK_ITEM_SIZE"),
            Map.entry(-56, "INVALID_GLOBAL_OFFSET"),
            Map.entry(-57, "INVALID_EVENT_WAIT_LIST"),
            Map.entry(-58, "INVALID_EVENT"),
            Map.entry(-59, "INVALID_OPERATION"),
            Map.entry(-61, "INVALID_BUFFER_SIZE"),
            Map.entry(-63, "INVALID_GLOBAL_WORK_SIZE"),
            Map.entry(-1001, "PLATFORM_NOT_FOUND_KHR"));

    private final int code;

    /// @param function of OpenCL, such as `clCreateBuffer`
    public OpenClException(String function, int code) {
        super(function + " answered CL_" + NAMES.getOrDefault(code, "" + code));
        this.code = code;
    }

    /// OpenCL's number for it.
    public int code() {
        return code;
    }
}
