package org.nnlang.compiler.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.lower.TestSources;
import org.nnlang.compiler.source.SourceFile;

/// Every fix of every program with mistakes that there is among the snapshots.
class MendingTest {
    private static final Path SNAPSHOTS = Snapshots.root().resolve("src/test/resources/snapshots");

    /// `fixes.expected` shows them, with the lines that they change; `-Dsnapshots.accept=true` writes it.
    @Test
    void everyFixMendsItsMistake() throws IOException {
        var shown = new StringBuilder();
        var broken = new ArrayList<String>();
        for (String folder : List.of("syntax", "semantic", "tree", "survey")) {
            for (Path program : programs(folder)) {
                List<SourceFile> files =
                        Snapshots.files(folder + "/" + program.getFileName(), Files.readString(program));
                var sources = new TestSources(files.subList(1, files.size()));
                Diagnostics before = FrontEnd.check(files.getFirst(), sources).diagnostics();
                for (Diagnostic mistake : before.sorted()) {
                    for (Fix fix : mistake.fixes()) {
                        if (fix.file() == files.getFirst()) {
                            String line = mistake.primary() + " " + mistake.code().id() + " " + fix.title();
                            shown.append(line).append('\n').append(change(fix));
                            if (!Mending.mends(fix, mistake, before, sources)) {
                                broken.add(line + "\n" + change(fix) + FrontEnd.check(Mending.apply(fix), sources)
                                        .diagnostics().sorted().stream().filter(each -> each.code().isSyntax())
                                        .toList());
                            }
                        }
                    }
                }
            }
        }
        assertTrue(broken.isEmpty(), () -> String.join("\n", broken));
        Path expected = SNAPSHOTS.resolve("fixes.expected");
        if (Boolean.getBoolean("snapshots.accept")) {
            Files.writeString(expected, shown);
        }
        assertEquals(Files.readString(expected), shown.toString());
    }

    private static List<Path> programs(String folder) throws IOException {
        try (Stream<Path> files = Files.list(SNAPSHOTS.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".nn")).sorted().toList();
        }
    }

    /// The lines that change, before and after.
    private static String change(Fix fix) {
        List<String> before = fix.file().text().lines().toList();
        List<String> after = fix.text().lines().toList();
        int most = Math.min(before.size(), after.size());
        int same = 0;
        while (same < most && before.get(same).equals(after.get(same))) {
            same++;
        }
        int end = 0;
        while (end < most - same && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
            end++;
        }
        var text = new StringBuilder();
        before.subList(same, before.size() - end).forEach(line -> text.append("- ").append(line).append('\n'));
        after.subList(same, after.size() - end).forEach(line -> text.append("+ ").append(line).append('\n'));
        return text.toString();
    }
}
