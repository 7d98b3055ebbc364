package org.nnlang.lsp;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.DidChangeWorkspaceFoldersParams;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.services.WorkspaceService;

/// The folders that an editor works in.
final class Workspace implements WorkspaceService {
    private final Analysis analysis;
    private volatile List<Path> folders = List.of();

    Workspace(Analysis analysis) {
        this.analysis = analysis;
    }

    List<Path> folders() {
        return folders;
    }

    void folders(List<Path> known) {
        folders = List.copyOf(known);
    }

    static List<Path> paths(List<String> uris) {
        return uris.stream().map(Document::path).filter(Objects::nonNull).toList();
    }

    @Override
    public void didChangeConfiguration(DidChangeConfigurationParams parameters) {
        // Nothing can be set.
    }

    @Override
    public void didChangeWatchedFiles(DidChangeWatchedFilesParams parameters) {
        analysis.refresh();
    }

    @Override
    public void didChangeWorkspaceFolders(DidChangeWorkspaceFoldersParams parameters) {
        var now = new LinkedHashSet<>(folders);
        paths(parameters.getEvent().getRemoved().stream().map(WorkspaceFolder::getUri).toList()).forEach(now::remove);
        now.addAll(paths(parameters.getEvent().getAdded().stream().map(WorkspaceFolder::getUri).toList()));
        folders(List.copyOf(now));
    }
}
