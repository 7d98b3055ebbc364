package org.nnlang.cli;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Devices;

/// `--device`: what computes.
final class DeviceOption {
    private final Given<String> device;

    DeviceOption(Usage usage) {
        device = usage.option(String.class, Devices.CPU, "--device", "DEVICE",
                "What computes: `cpu` (unless given), `auto` (a GPU where there is one), `opencl`, `opencl:0`, `opencl:NAME`. `nn devices` lists them.");
    }

    /// What was asked for.
    String name() {
        return device.get();
    }

    /// The device, to be closed by the caller; null for the processor that runs Java.
    @Nullable
    Accelerator open() {
        return device.get().equals(Devices.CPU) ? null : Devices.probe().open(device.get());
    }
}
