package org.nnlang.lsp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeKind;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Words;

/// What can be folded: brackets over several lines, comments, and imports. It needs no right syntax.
final class Folds {
    private final SourceFile file;
    private final List<FoldingRange> folds = new ArrayList<>();

    private Folds(SourceFile file) {
        this.file = file;
    }

    static List<FoldingRange> of(SourceFile file) {
        var folds = new Folds(file);
        List<Words.Word> words = Words.of(file.text()).all();
        folds.brackets(words);
        folds.runs(words);
        return folds.folds;
    }

    private void brackets(List<Words.Word> words) {
        Deque<Integer> open = new ArrayDeque<>();
        for (Words.Word word : words) {
            switch (word.text(file.text())) {
                case "(", "[", "{", "${" -> open.push(file.line(word.start()));
                case ")", "]", "}" -> {
                    if (!open.isEmpty()) {
                        // The closing bracket stays in sight.
                        add(open.pop(), file.line(word.start()) - 1, null);
                    }
                }
                default -> {}
            }
        }
    }

    /// Lines of comments, or of imports, one below the other.
    private void runs(List<Words.Word> words) {
        String kind = "";
        int first = 0;
        int last = 0;
        for (Words.Word word : words) {
            int line = file.line(word.start());
            boolean begins = file.text().substring(file.lineStart(line), word.start()).isBlank();
            if (!begins) {
                continue;
            }
            String now = word.kind() == Words.Kind.COMMENT
                    ? FoldingRangeKind.Comment
                    : word.text(file.text()).equals("import") ? FoldingRangeKind.Imports
                    : "";
            if (!now.equals(kind) || line > last + 1) {
                add(first, last, kind);
                kind = now;
                first = line;
            }
            last = line;
        }
        add(first, last, kind);
    }

    /// @param kind null for what has none; nothing is added for the empty one
    private void add(int first, int last, @org.jspecify.annotations.Nullable String kind) {
        if (last > first && (kind == null || !kind.isEmpty())) {
            var fold = new FoldingRange(first - 1, last - 1);
            fold.setKind(kind);
            folds.add(fold);
        }
    }
}
