/* SPDX-License-Identifier: MIT
 *
 * What this module calls of packagekitd. Distributions install no headers for backends, and none are
 * needed: the daemon exports its symbols, and only opaque pointers, texts and numbers of
 * libpackagekit-glib2 cross over. Written from the signatures of 1.2.0 to 1.3.6, equal in all of
 * them; the one that is not, `pk_backend_job_details`, is looked up at run time instead.
 */
#pragma once

#include <gio/gio.h>
#include <packagekit-glib2/packagekit.h>

typedef struct _PkBackend PkBackend;
typedef struct _PkBackendJob PkBackendJob;
typedef void (*PkBackendJobThreadFunc) (PkBackendJob *, GVariant *, gpointer);

/* A job and what was asked. */
gboolean pk_backend_job_thread_create (PkBackendJob *, PkBackendJobThreadFunc, gpointer, GDestroyNotify);
GVariant *pk_backend_job_get_parameters (PkBackendJob *);
GCancellable *pk_backend_job_get_cancellable (PkBackendJob *);
PkRoleEnum pk_backend_job_get_role (PkBackendJob *);
guint pk_backend_job_get_uid (PkBackendJob *);
const gchar *pk_backend_job_get_locale (PkBackendJob *);
gboolean pk_backend_job_get_interactive (PkBackendJob *);
gboolean pk_backend_job_get_background (PkBackendJob *);
guint pk_backend_job_get_cache_age (PkBackendJob *);
gpointer pk_backend_job_get_backend (PkBackendJob *);

/* What came of it; safe in any thread. */
void pk_backend_job_package (PkBackendJob *, PkInfoEnum, const gchar *id, const gchar *summary);
void pk_backend_job_files (PkBackendJob *, const gchar *id, gchar **files);
void pk_backend_job_repo_detail (PkBackendJob *, const gchar *id, const gchar *name, gboolean enabled);
void pk_backend_job_category (PkBackendJob *, const gchar *parent, const gchar *id, const gchar *name,
			      const gchar *summary, const gchar *icon);
void pk_backend_job_update_detail (PkBackendJob *, const gchar *id, gchar **updates, gchar **obsoletes,
				   gchar **vendor_urls, gchar **bugzilla_urls, gchar **cve_urls,
				   PkRestartEnum restart, const gchar *text, const gchar *changelog,
				   PkUpdateStateEnum state, const gchar *issued, const gchar *updated);
void pk_backend_job_require_restart (PkBackendJob *, PkRestartEnum, const gchar *id);
void pk_backend_job_error_code (PkBackendJob *, PkErrorEnum, const gchar *format, ...) G_GNUC_PRINTF (3, 4);
gboolean pk_backend_job_has_set_error_code (PkBackendJob *);
void pk_backend_job_set_status (PkBackendJob *, PkStatusEnum);
void pk_backend_job_set_allow_cancel (PkBackendJob *, gboolean);
void pk_backend_job_set_percentage (PkBackendJob *, guint);
void pk_backend_job_set_item_progress (PkBackendJob *, const gchar *id, PkStatusEnum, guint);
void pk_backend_job_set_speed (PkBackendJob *, guint);
void pk_backend_job_set_download_size_remaining (PkBackendJob *, guint64);
void pk_backend_job_set_locked (PkBackendJob *, gboolean);

/* Of the backend as a whole. */
void pk_backend_installed_db_changed (PkBackend *);
void pk_backend_repo_list_changed (PkBackend *);
gboolean pk_backend_updates_changed (PkBackend *);
