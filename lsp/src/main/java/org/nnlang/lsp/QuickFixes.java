package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.Command;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.TextDocumentEdit;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.pipeline.Mending;

/// What the help of a mistake says, for the editor to write. The text is looked at as it would be before anything is offered: a fix is left
/// out where its mistake would stay, or the text would no longer be read.
final class QuickFixes {
    private final Analysis analysis;
    private final Places places;
    private final Supplier<Optional<ClientCapabilities>> client;

    /// @param client what the editor can do, as soon as it has said so
    QuickFixes(Analysis analysis, Places places, Supplier<Optional<ClientCapabilities>> client) {
        this.analysis = analysis;
        this.places = places;
        this.client = client;
    }

    /// The fixes of the mistakes that an editor asks about, as far as they are still those of its text.
    List<Either<Command, CodeAction>> of(Snapshot snapshot, CodeActionContext context) {
        var actions = new ArrayList<Either<Command, CodeAction>>();
        if (!takesActions() || !isWanted(context.getOnly()) || isReadOnly(snapshot.document())) {
            return actions;
        }
        for (Diagnostic shown : context.getDiagnostics()) {
            snapshot.diagnostics().stream()
                    .filter(found -> isSame(shown, found, snapshot))
                    .findFirst()
                    .ifPresent(found -> actions.addAll(actions(shown, found, snapshot)));
        }
        return actions;
    }

    private List<Either<Command, CodeAction>> actions(
            Diagnostic shown, org.nnlang.compiler.diagnostic.Diagnostic found, Snapshot snapshot) {
        List<Fix> fixes = found.fixes().stream()
                .filter(fix -> fix.file() == snapshot.file()
                        && Mending.mends(
                                fix, found, snapshot.survey().diagnostics(), analysis.files(snapshot.document())))
                .toList();
        var actions = new ArrayList<Either<Command, CodeAction>>();
        for (Fix fix : fixes) {
            var action = new CodeAction(fix.title());
            action.setKind(CodeActionKind.QuickFix);
            action.setDiagnostics(List.of(shown));
            action.setIsPreferred(fixes.size() == 1);
            action.setEdit(edit(fix, snapshot.document()));
            actions.add(Either.forRight(action));
        }
        return actions;
    }

    /// With the version of the text that it is for, so that an editor does not write it into another.
    private WorkspaceEdit edit(Fix fix, Document document) {
        List<TextEdit> edits = fix.edits().stream()
                .map(each -> new TextEdit(Positions.of(each.span()), each.text()))
                .toList();
        return takesVersions()
                ? new WorkspaceEdit(List.of(Either.forLeft(new TextDocumentEdit(
                        new VersionedTextDocumentIdentifier(document.uri(), document.version()), edits))))
                : new WorkspaceEdit(Map.of(document.uri(), edits));
    }

    private static boolean isSame(
            Diagnostic shown, org.nnlang.compiler.diagnostic.Diagnostic found, Snapshot snapshot) {
        return Messages.SOURCE.equals(shown.getSource())
                && shown.getCode() != null && shown.getCode().isLeft()
                && shown.getCode().getLeft().equals(found.code().id())
                && shown.getRange().equals(Positions.of(Messages.place(found, snapshot)));
    }

    /// Whether quick fixes are among the kinds that an editor asks for; it asks for all where it names none.
    private static boolean isWanted(List<String> kinds) {
        return kinds == null || kinds.isEmpty()
                || kinds.stream().anyMatch(kind -> kind.isEmpty() || kind.equals(CodeActionKind.QuickFix));
    }

    private boolean isReadOnly(Document document) {
        return document.path() != null && places.isReadOnly(document.file());
    }

    /// An editor of the protocol's first versions knows commands alone.
    private boolean takesActions() {
        return client.get()
                .map(ClientCapabilities::getTextDocument)
                .map(texts -> texts.getCodeAction())
                .map(actions -> actions.getCodeActionLiteralSupport())
                .isPresent();
    }

    private boolean takesVersions() {
        return client.get()
                .map(ClientCapabilities::getWorkspace)
                .map(workspace -> workspace.getWorkspaceEdit())
                .map(edits -> edits.getDocumentChanges())
                .orElse(false);
    }
}
