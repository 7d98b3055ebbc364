package org.nnlang.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.program.Backend;
import org.nnlang.runtime.program.Devices;
import picocli.CommandLine;

/// `nn devices`: what `--device` can name.
final class DeviceList implements Callable<Integer> {
    final Usage usage = new Usage(this, "devices", "List the devices that can train and run.");

    @Override
    public Integer call() {
        Devices devices = Devices.probe();
        row("cpu", "CPU", Runtime.getRuntime().maxMemory(), Machine.description());
        for (Backend.Device device : devices.all()) {
            row(device.id(), device.kind().toString(), device.memoryBytes(), device.name());
        }
        List<String> problems = devices.problems();
        if (devices.all().isEmpty() && !problems.isEmpty()) {
            System.out.println("no other device: " + String.join("; ", problems));
        }
        return CommandLine.ExitCode.OK;
    }

    private static void row(String id, String kind, long bytes, String name) {
        System.out.printf(Locale.ROOT, "%-12s  %-12s  %8.1f GB  %s%n", id, kind.toLowerCase(Locale.ROOT), bytes / 1e9,
                name);
    }
}
