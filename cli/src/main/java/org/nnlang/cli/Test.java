package org.nnlang.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.nnlang.compiler.lower.TestProgram;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.TestRun;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import picocli.CommandLine;

/// `nn test FILE…`: runs the `test`s of programs.
final class Test implements Callable<Integer> {
    final Usage usage = new Usage(this, "test", "Run the tests of programs.");

    private final Given<List<Path>> files = usage.parameters(Path.class, "FILE", "Programs, .nn files.");

    private final Given<String> only =
            usage.option(String.class, "", "--only", "TEXT", "Only tests whose names hold this text.");

    private final DeviceOption device = new DeviceOption(usage);

    private final Console console = usage.console();

    @Override
    public Integer call() {
        int passed = 0;
        int failed = 0;
        List<String> others = new ArrayList<>();
        try (Team team = Team.of(1);
                Accelerator accelerator = device.open()) {
            for (Path path : files.get()) {
                var sources = FileSources.around(path);
                SourceFile file = sources.program(path);
                List<TestProgram> tests = console.require(FrontEnd.tests(file, sources));
                for (TestProgram test : tests) {
                    if (!test.name().contains(only.get())) {
                        others.add(test.name());
                        continue;
                    }
                    List<TestRun.Failure> failures = TestRun.of(test, team, accelerator);
                    if (failures.isEmpty()) {
                        passed++;
                        System.out.println(console.good("ok") + "      " + test.name());
                    } else {
                        failed++;
                        System.out.println(console.bad("FAILED") + "  " + test.name());
                        failures.forEach(failure -> show(path, file, failure));
                    }
                }
            }
        }
        if (passed + failed == 0) {
            System.out.println(nothingToRun(others));
        } else {
            System.out.println(passed + " passed, " + failed + " failed");
        }
        return failed == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /// @param others the names of tests that nobody asked for
    private String nothingToRun(List<String> others) {
        String where = files.get().size() == 1 ? files.get().getFirst().toString() : "these files";
        if (others.isEmpty()) {
            return "there is no test in " + where + "; this is one:\n"
                    + "    test \"two and two\" {\n        assert 2.0 + 2.0 == 4.0\n    }";
        }
        return "no test in " + where + " has `" + only.get() + "` in its name: "
                + Nearest.help(only.get(), others, "the first is \"" + others.getFirst() + "\"");
    }

    private static void show(Path path, SourceFile file, TestRun.Failure failure) {
        int line = file.line(failure.assertion().span().start());
        System.out.println("    " + path + ":" + line + ": " + failure.assertion().text() + " does not hold"
                + (failure.assertion().message() == null ? "" : ": " + failure.assertion().message()));
        failure.values().forEach((text, value) -> System.out.println("        " + text + " = " + value));
    }
}
