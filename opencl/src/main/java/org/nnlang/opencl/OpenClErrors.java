package org.nnlang.opencl;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.NnException;

/// What goes wrong with devices, as people are told.
final class OpenClErrors {
    private OpenClErrors() {}

    static NnException failed(String device, String doing, OpenClException cause) {
        if (cause.code() == OpenClException.MEM_OBJECT_ALLOCATION_FAILURE
                || cause.code() == OpenClException.OUT_OF_HOST_MEMORY
                || cause.code() == OpenClException.INVALID_BUFFER_SIZE) {
            return outOfMemory(device, doing + " (" + cause.getMessage() + ")", cause);
        }
        return new NnException(
                "NN0861",
                device + " failed while " + doing + ": " + cause.getMessage(),
                "the last checkpoint is as it was, and `--resume` goes on from it, on the processor, too"
                        + " (`--device cpu`); `nn doctor` shows the driver",
                cause);
    }

    static NnException rejected(String device, String log) {
        String first = log.lines().filter(line -> line.contains("error")).findFirst().orElse(log.strip());
        return new NnException(
                "NN0861",
                device + " does not compile what was generated for it: " + first,
                "please report it with the output of `nn doctor`; meanwhile `--device cpu` runs the program");
    }

    static NnException tooLarge(String device, String what, long bytes, long limit) {
        return outOfMemory(
                device, what + " needs " + megabytes(bytes) + ", and the device gives at most " + megabytes(limit),
                null);
    }

    private static NnException outOfMemory(String device, String why, @Nullable Throwable cause) {
        return new NnException(
                "NN0862", "there is not enough memory on " + device + ": " + why,
                "a smaller batch (`--set batch=…`) or model, or `--device cpu`", cause);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
