/// The web app: pages that work without JavaScript, the same as JSON, files on their way through.
///
/// In: requests of browsers. Out: pages, documents, bundles in pieces. Every text of others is
/// escaped where it is written. The script of `web/` makes the same pages livelier and downloads.
/// Manual: docs/manual/web.md
///
/// May use: opm.base opm.workshop opm.words opm.server opm.engine opm.fetch opm.host opm.plan opm.planner opm.profile opm.pkgset opm.solve
@NullMarked
package opm.web;

import org.jspecify.annotations.NullMarked;
