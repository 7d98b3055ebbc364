package org.nnlang.cli;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Devices;
import picocli.CommandLine.Option;

/// `--device`: what computes.
final class DeviceOption {
    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = Devices.CPU, description = "What computes: `cpu` (unless given), `auto` (a GPU where there is one), `opencl`, `opencl:0`, `opencl:NAME`. `nn devices` lists them.")
    private String device = Devices.CPU;

    /// What was asked for.
    String name() {
        return device;
    }

    /// The device, to be closed by the caller; null for the processor that runs Java.
    @Nullable
    Accelerator open() {
        return device.equals(Devices.CPU) ? null : Devices.probe().open(device);
    }
}
