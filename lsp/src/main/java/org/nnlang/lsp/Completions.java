package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.Builtins;
import org.nnlang.compiler.lower.Manual;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.OpenCall;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.compiler.type.Known;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Resolutions;
import org.nnlang.files.PathSuggestions;
import org.nnlang.stdlib.StandardLibrary;

/// What can be written at a place.
final class Completions {
    /// A name that no program has: it stands where one is about to be written, so that what is before it can be read.
    static final String TO_COME = "nn_to_come";

    private static final Pattern IMPORTED = Pattern.compile("^\\s*import\\s+([\\w.]*)$");
    private static final Pattern MEMBER = Pattern.compile("(?s).*\\.\\s*(\\w*)$");
    private static final List<String> AT_TOP = List.of(
            "import", "val", "fun", "layer", "model", "optimizer", "train", "test", "private");
    private static final List<String> IN_BODY = List.of(
            "val", "var", "fun", "if", "else", "for", "true", "false", "scan", "yield", "require", "along");

    private final Analysis analysis;
    private final Signatures signatures;

    Completions(Analysis analysis) {
        this.analysis = analysis;
        this.signatures = new Signatures(analysis.operations());
    }

    /// What can stand at an offset.
    List<CompletionItem> at(Snapshot snapshot, int offset) {
        SourceFile file = snapshot.file();
        String before = file.text().substring(0, offset);
        String line = before.substring(file.lineStart(file.line(offset)));
        if (isInString(before)) {
            return paths(snapshot.document(), line, offset);
        }
        if (isInComment(before)) {
            return List.of();
        }
        Matcher imported = IMPORTED.matcher(line);
        if (imported.matches()) {
            return modules(file.span(offset - imported.group(1).length(), offset));
        }
        Matcher member = MEMBER.matcher(before);
        if (member.matches() && !before.substring(0, member.start(1)).stripTrailing().endsWith("..")) {
            return members(snapshot, member.start(1), offset);
        }
        var items = new LinkedHashMap<String, CompletionItem>();
        OpenCall call = OpenCall.at(before.substring(0, offset - word(before).length()));
        if (call != null && !call.isNested() && call.name() == null) {
            arguments(call, snapshot, items);
        }
        locals(snapshot, offset, items);
        names(snapshot, items);
        keywords(snapshot.enclosing(offset), items);
        return List.copyOf(items.values());
    }

    private static String word(String before) {
        int start = before.length();
        while (start > 0 && (Character.isLetterOrDigit(before.charAt(start - 1)) || before.charAt(start - 1) == '_')) {
            start--;
        }
        return before.substring(start);
    }

    /// Whether a string is open at the end of a text.
    private static boolean isInString(String before) {
        String line = before.substring(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
        boolean open = false;
        for (Words.Word word : Words.of(line + " ").all()) {
            String text = word.text(line + " ");
            if (word.kind() == Words.Kind.COMMENT) {
                return false;
            }
            open = text.equals("\"") ? !open : open;
        }
        return open;
    }

    private static boolean isInComment(String before) {
        String line = before.substring(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
        List<Words.Word> words = Words.of(line).all();
        return !words.isEmpty() && words.getLast().kind() == Words.Kind.COMMENT;
    }

    private static List<CompletionItem> paths(Document document, String line, int offset) {
        String written = line.substring(line.lastIndexOf('"') + 1);
        boolean isImport = line.stripLeading().startsWith("import");
        int name = offset - (written.length() - written.lastIndexOf('/') - 1);
        var items = new ArrayList<CompletionItem>();
        for (PathSuggestions path : PathSuggestions.of(document.folder(), written)) {
            if (isImport && !path.isFolder() && !path.name().endsWith(".nn")) {
                continue;
            }
            var item = new CompletionItem(path.name());
            item.setKind(path.isFolder() ? CompletionItemKind.Folder : CompletionItemKind.File);
            item.setTextEdit(Either.forLeft(new TextEdit(
                    Positions.of(document.file().span(name, offset)), path.name() + (path.isFolder() ? "/" : ""))));
            items.add(item);
        }
        return items;
    }

    private static List<CompletionItem> modules(Span written) {
        var items = new ArrayList<CompletionItem>();
        for (String module : StandardLibrary.modules()) {
            var item = new CompletionItem(module);
            item.setKind(CompletionItemKind.Module);
            item.setTextEdit(Either.forLeft(new TextEdit(Positions.of(written), module)));
            items.add(item);
        }
        return items;
    }

    /// What stands behind a dot.
    private List<CompletionItem> members(Snapshot snapshot, int start, int offset) {
        String text = snapshot.file().text();
        int end = offset;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
            end++;
        }
        var items = new ArrayList<CompletionItem>();
        // What goes through data has no body yet when its data are written.
        for (String rest : List.of("", " {}")) {
            Document document = snapshot.document()
                    .with(text.substring(0, start) + TO_COME + rest + text.substring(end));
            Span member = document.file().span(start, start + TO_COME.length());
            for (String name : analysis.look(document).survey().types().members(member)) {
                var item = new CompletionItem(name);
                item.setKind(CompletionItemKind.Field);
                items.add(item);
            }
            if (!items.isEmpty()) {
                break;
            }
        }
        return items;
    }

    /// The parameters of a call that have no argument yet.
    private void arguments(OpenCall call, Snapshot snapshot, Map<String, CompletionItem> items) {
        Signatures.Takes takes = signatures.of(call, snapshot);
        if (takes == null) {
            return;
        }
        Manual.Signature signature = takes.signature();
        int taken = takes.place() - call.given().size();
        for (int i = 0; i < signature.names().size(); i++) {
            String name = signature.names().get(i);
            if (i < taken || call.given().contains(name)) {
                continue;
            }
            var item = new CompletionItem(name + " = ");
            item.setKind(CompletionItemKind.Property);
            item.setDetail(signature.texts().get(i));
            item.setFilterText(name);
            item.setSortText("0" + (char) ('a' + Math.min(i, 25)));
            items.put(name + " =", item);
        }
    }

    private static void locals(Snapshot snapshot, int offset, Map<String, CompletionItem> items) {
        offer(snapshot, offset, items);
        Snapshot usual = snapshot.usual();
        if (usual != null) {
            // What is being written kept something from being read: what was known of it before must do.
            offer(usual, before(usual.file().text(), snapshot.file().text(), offset), items);
        }
    }

    private static void offer(Snapshot snapshot, int offset, Map<String, CompletionItem> items) {
        var nearest = new HashMap<String, Resolutions.Local>();
        snapshot.visible(offset).forEach(local -> nearest.merge(local.name(), local,
                (a, b) -> b.declared().start() > a.declared().start() ? b : a));
        for (Resolutions.Local local : nearest.values()) {
            if (items.containsKey(local.name())) {
                continue;
            }
            var item = new CompletionItem(local.name());
            item.setKind(local.kind() == Resolutions.Kind.LOCAL_FUNCTION
                    ? CompletionItemKind.Function
                    : local.kind() == Resolutions.Kind.DIMENSION
                            ? CompletionItemKind.TypeParameter
                    : CompletionItemKind.Variable);
            List<Types.Type> types = snapshot.survey().types().of(local.declared());
            if (!types.isEmpty()) {
                item.setDetail(String.join(" | ", types.stream().map(Types.Type::text).toList()));
            }
            item.setSortText("1" + local.name());
            items.put(local.name(), item);
        }
    }

    /// Where a place was before one stretch of a text changed.
    private static int before(String old, String now, int offset) {
        int alike = 0;
        while (alike < Math.min(old.length(), now.length()) && old.charAt(alike) == now.charAt(alike)) {
            alike++;
        }
        if (offset <= alike) {
            return offset;
        }
        int left = now.length() - offset;
        boolean behind = left <= old.length() - alike && old.endsWith(now.substring(offset));
        return behind ? old.length() - left : alike;
    }

    /// Everything that is known outside of bodies.
    private void names(Snapshot snapshot, Map<String, CompletionItem> items) {
        ModuleScope module = snapshot.survey().module();
        Set<String> own = module.own().keySet();
        var all = new TreeSet<>(module.names());
        all.addAll(Builtins.names());
        analysis.operations().all().forEach(operation -> all.add(operation.name()));
        all.addAll(Known.DTYPES);
        all.addAll(Known.COMPILE_TIME_TYPES);
        for (String name : all) {
            if (items.containsKey(name)) {
                continue;
            }
            var symbol = module.find(name);
            var item = new CompletionItem(name);
            Manual.Page page = Manual.page(symbol, name, analysis.operations());
            item.setKind(kind(symbol, name));
            if (page != null) {
                item.setDetail(page.head().lines().findFirst().orElse(""));
                if (!page.documentation().isEmpty()) {
                    item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, page.documentation()));
                }
            }
            item.setSortText((own.contains(name) ? "2" : "3") + name);
            items.put(name, item);
        }
    }

    private static CompletionItemKind kind(
            org.nnlang.compiler.type.@Nullable Symbol symbol, String name) {
        return switch (symbol) {
            case org.nnlang.compiler.type.Symbol.Declared(Declaration.Described declaration, ModuleScope _) ->
                switch (declaration) {
                    case Declaration.Layer _, Declaration.Optimizer _ -> CompletionItemKind.Class;
                    case Declaration.Function _, Declaration.Train _, Declaration.Test _ -> CompletionItemKind.Function;
                    case Declaration.Constant _ -> CompletionItemKind.Constant;
                };
            case org.nnlang.compiler.type.Symbol.Aliased _ -> CompletionItemKind.Module;
            case null -> Known.DTYPES.contains(name) || Known.COMPILE_TIME_TYPES.contains(name)
                    ? CompletionItemKind.Struct
                    : CompletionItemKind.Function;
        };
    }

    private static void keywords(@Nullable Declaration around, Map<String, CompletionItem> items) {
        var words = new ArrayList<String>();
        if (around == null || around instanceof Declaration.Invalid) {
            words.addAll(AT_TOP);
        }
        if (around != null) {
            words.addAll(IN_BODY);
            switch (around) {
                case Declaration.Layer _ -> words.addAll(List.of("param", "state"));
                case Declaration.Optimizer _ -> words.add("slot");
                case Declaration.Train _ ->
                    words.addAll(List.of("step", "validate", "test", "minimize", "with", "over", "report", "in"));
                case Declaration.Test _ -> words.addAll(List.of("assert", "training"));
                case Declaration.Invalid _ -> words.addAll(Words.KEYWORDS);
                case Declaration.Function _, Declaration.Constant _,org.nnlang.compiler.syntax.Import _ -> {}
            }
        }
        for (String word : words) {
            if (!items.containsKey(word)) {
                var item = new CompletionItem(word);
                item.setKind(CompletionItemKind.Keyword);
                item.setSortText("4" + word);
                items.put(word, item);
            }
        }
    }
}
