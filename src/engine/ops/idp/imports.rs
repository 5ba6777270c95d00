//! Operations on import jobs. The work is in [`import_job`].

use crate::base::page;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::import_job::{self, view};
use crate::engine::{Cx, Error, Result};
use crate::store::records::imports::{self, ImportJob};
use crate::store::records::user_pools;
use crate::wire::idp::{
    CreateUserImportJobRequest, CreateUserImportJobResponse, DescribeUserImportJobRequest,
    DescribeUserImportJobResponse, GetCSVHeaderRequest, GetCSVHeaderResponse, ListUserImportJobsRequest,
    ListUserImportJobsResponse, StartUserImportJobRequest, StartUserImportJobResponse,
    StopUserImportJobRequest, StopUserImportJobResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<GetCSVHeaderRequest>(),
    Route::of::<CreateUserImportJobRequest>(),
    Route::of::<DescribeUserImportJobRequest>(),
    Route::of::<ListUserImportJobsRequest>(),
    Route::of::<StartUserImportJobRequest>(),
    Route::of::<StopUserImportJobRequest>(),
];

impl Handler for GetCSVHeaderRequest {
    async fn handle(self, cx: &Cx) -> Result<GetCSVHeaderResponse> {
        let columns = import_job::csv_header(cx, self.user_pool_id.clone()).await?;
        Ok(GetCSVHeaderResponse {
            user_pool_id: Some(self.user_pool_id),
            csv_header: Some(columns),
        })
    }
}

impl Handler for CreateUserImportJobRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateUserImportJobResponse> {
        let Self {
            job_name,
            user_pool_id,
            cloud_watch_logs_role_arn,
            password_hashing_algorithm,
        } = self;
        let job = ImportJob {
            user_pool_id,
            name: job_name,
            role_arn: cloud_watch_logs_role_arn,
            password_hash: password_hashing_algorithm,
            ..ImportJob::default()
        };
        let (job, url) = import_job::create(cx, job).await?;
        Ok(CreateUserImportJobResponse {
            user_import_job: Some(view(job, Some(url))),
        })
    }
}

impl Handler for DescribeUserImportJobRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeUserImportJobResponse> {
        let job = import_job::get(cx, self.user_pool_id, self.job_id).await?;
        Ok(DescribeUserImportJobResponse {
            user_import_job: Some(view(job, None)),
        })
    }
}

impl Handler for ListUserImportJobsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUserImportJobsResponse> {
        let Self {
            user_pool_id,
            max_results,
            pagination_token,
        } = self;
        let now = cx.now();
        let listing = format!("ListUserImportJobs {user_pool_id}");
        let after = pagination_token
            .map(|token| page::key(&listing, &token, now))
            .transpose()
            .map_err(|refused| match refused {
                page::BadToken::Malformed => Error::invalid("Invalid pagination token."),
                page::BadToken::Expired => Error::invalid("The pagination token has expired."),
            })?;
        let limit = usize::try_from(max_results).unwrap_or(1).max(1);
        let (jobs, next) = cx
            .engine
            .store
            .read(move |r| {
                if user_pools::get(r, &user_pool_id)?.is_none() {
                    return Err(Error::no_user_pool(&user_pool_id));
                }
                Ok(imports::list(r, &user_pool_id, after.as_deref(), limit)?)
            })
            .await?;
        Ok(ListUserImportJobsResponse {
            user_import_jobs: Some(
                jobs.into_iter()
                    .map(|job| view(import_job::as_of(now, job), None))
                    .collect(),
            ),
            pagination_token: next.map(|key| page::token(&listing, &key, now)),
        })
    }
}

impl Handler for StartUserImportJobRequest {
    async fn handle(self, cx: &Cx) -> Result<StartUserImportJobResponse> {
        let job = import_job::start(cx, self.user_pool_id, self.job_id).await?;
        Ok(StartUserImportJobResponse {
            user_import_job: Some(view(job, None)),
        })
    }
}

impl Handler for StopUserImportJobRequest {
    async fn handle(self, cx: &Cx) -> Result<StopUserImportJobResponse> {
        let job = import_job::stop(cx, self.user_pool_id, self.job_id).await?;
        Ok(StopUserImportJobResponse {
            user_import_job: Some(view(job, None)),
        })
    }
}
