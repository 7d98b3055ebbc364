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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nn test FILE…`: runs the `test`s of programs.
@Command(name = "test", mixinStandardHelpOptions = true, description = "Run the tests of programs.")
final class Test implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Programs, .nn files.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--only", paramLabel = "TEXT", description = "Only tests whose names hold this text.")
    private String only = "";

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        int passed = 0;
        int failed = 0;
        List<String> others = new ArrayList<>();
        try (Team team = Team.of(1);
                Accelerator accelerator = device.open()) {
            for (Path path : files) {
                var sources = FileSources.around(path);
                SourceFile file = sources.program(path);
                List<TestProgram> tests = console.require(FrontEnd.tests(file, sources));
                for (TestProgram test : tests) {
                    if (!test.name().contains(only)) {
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
        String where = files.size() == 1 ? files.getFirst().toString() : "these files";
        if (others.isEmpty()) {
            return "there is no test in " + where + "; this is one:\n"
                    + "    test \"two and two\" {\n        assert 2.0 + 2.0 == 4.0\n    }";
        }
        return "no test in " + where + " has `" + only + "` in its name: "
                + Nearest.help(only, others, "the first is \"" + others.getFirst() + "\"");
    }

    private static void show(Path path, SourceFile file, TestRun.Failure failure) {
        int line = file.line(failure.assertion().span().start());
        System.out.println("    " + path + ":" + line + ": " + failure.assertion().text() + " does not hold"
                + (failure.assertion().message() == null ? "" : ": " + failure.assertion().message()));
        failure.values().forEach((text, value) -> System.out.println("        " + text + " = " + value));
    }
}
