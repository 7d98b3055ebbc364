package org.nnlang.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.nnlang.cache.ProgramCache;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.program.Backend;
import org.nnlang.runtime.program.Devices;
import picocli.CommandLine;

/// `nn doctor`: what programs run on here, and what stands in the way of more.
final class Doctor implements Callable<Integer> {
    final Usage usage = new Usage(this, "doctor", "Tell what programs run on here, and why not on more.");

    @Override
    public Integer call() {
        for (String line : new Version().getVersion()) {
            System.out.println(line);
        }
        System.out.println("operating system: " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        System.out.println("processor: " + Machine.description());
        System.out.println(
                "vectors: " + (Machine.vectors() ? "yes" : "no: start with --add-modules jdk.incubator.vector"));
        System.out.println("compiled programs: " + ProgramCache.standard().description());
        Operations operations = Operations.installed();
        if (operations.all().isEmpty()) {
            System.out.println("operations: those of the language; a jar on --class-path brings others");
        }
        operations.all().forEach(operation -> System.out.println("operation: " + operation.name() + "("
                + String.join(", ", operation.operands()) + "), " + operation.getClass().getName()));
        Devices devices = Devices.probe();
        if (devices.backends().isEmpty()) {
            System.out.println("backends: none; nnlang-opencl.jar on the class path brings OpenCL");
        } else {
            System.out.println("backends: " + String.join(", ", devices.backends()));
        }
        for (Backend.Device device : devices.all()) {
            System.out.printf(Locale.ROOT, "%n%s: %s, %s, %.1f GB%n", device.id(), device.name(),
                    device.kind().toString().toLowerCase(Locale.ROOT), device.memoryBytes() / 1e9);
            device.details().forEach((what, value) -> System.out.println("    " + what + ": " + value));
        }
        for (String problem : devices.problems()) {
            System.out.println("problem: " + problem);
        }
        return CommandLine.ExitCode.OK;
    }
}
