package org.nnlang.lsp;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.pipeline.Survey;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Names;
import org.nnlang.compiler.type.Resolutions;
import org.nnlang.compiler.type.Symbol;

/// What is known of one state of a text.
///
/// @param asked the files that it depends on
/// @param usual the last state before this one whose syntax was right, where that of this one is not; else null
record Snapshot(Document document, Survey survey, Set<Path> asked, @Nullable Snapshot usual) {
    SourceFile file() {
        return document.file();
    }

    /// The name at an offset, or that ends there; null where there is none, or nobody knows it.
    Resolutions.@Nullable Use use(int offset) {
        return survey.resolutions().uses().stream()
                .filter(use -> use.at().file() == file() && use.at().start() <= offset && offset <= use.at().end())
                .max(Comparator.comparingInt(use -> use.at().start()))
                .orElse(null);
    }

    /// The name of an argument at an offset, and the parameter that it names.
    Map.@Nullable Entry<Span, Parameter> argument(int offset) {
        return survey.types().arguments().entrySet().stream()
                .filter(each -> each.getKey().start() <= offset && offset <= each.getKey().end())
                .findFirst()
                .orElse(null);
    }

    /// The names of bodies that can be used at an offset.
    List<Resolutions.Local> visible(int offset) {
        return survey.resolutions().locals().stream()
                .filter(local -> local.visible().file() == file()
                        && local.declared().end() < offset && offset <= local.visible().end())
                .toList();
    }

    /// Where a name of a body is declared that can be used at an offset; null where there is none.
    @Nullable
    Span local(String name, int offset) {
        return visible(offset).stream()
                .filter(local -> local.name().equals(name))
                .map(Resolutions.Local::declared)
                .max(Comparator.comparingInt(Span::start))
                .orElse(null);
    }

    /// The declaration at the top of a module that a name refers to; null where it refers to something else.
    Declaration.@Nullable Described declaration(Resolutions.Use use) {
        for (ModuleScope module : survey.modules()) {
            if (module.find(use.name()) instanceof Symbol.Declared(Declaration.Described found, ModuleScope _)
                    && Names.span(found).equals(use.declared())) {
                return found;
            }
            for (ModuleScope imported : module.imported().values()) {
                Declaration.Described found = imported.own().get(use.name());
                if (found != null && Names.span(found).equals(use.declared())) {
                    return found;
                }
            }
        }
        return null;
    }

    /// The declaration that holds an offset; null between declarations.
    @Nullable
    Declaration enclosing(int offset) {
        return survey.module().syntax().declarations().stream()
                .filter(each -> each.span().start() <= offset && offset <= each.span().end())
                .findFirst()
                .orElse(null);
    }

    /// What is wrong in a file that this one imports, or here.
    List<Diagnostic> diagnostics() {
        return survey.diagnostics().sorted();
    }
}
