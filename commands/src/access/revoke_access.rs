//! Revoking access.

use aggregates::access::Access;
use aggregates::ids::LoginId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Takes a login its capacity: nobody signs in under that name any more, and whoever has ends with his next request.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeAccess {
    /// The name to sign in with.
    pub login: LoginId,
}

#[async_trait]
impl Command for RevokeAccess {
    const NAME: &'static str = "revoke-access";
    const TITLE: &'static str = "撤销登录授权";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let access = sitting.open::<Access>(self.login.as_str()).await?;
        let login = self.login.clone();
        sitting.record(access, move |access| access.revoke(&login, &at)).await?;
        Ok(())
    }
}
