//! Links as pages: made and revoked from the prescription.

use actix_web::{HttpRequest, HttpResponse, post};
use askama::Template;

use super::{Link, NewShare, Share, ShareId, Write};
use crate::error::Error;
use crate::patients::{self, Banner};
use crate::prescriptions::{self, PrescriptionId};
use crate::tenant::{Answer, Clinic};
use crate::web::{Chrome, FormBody, Id, Routes, address, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(make).service(revoke);
}

#[derive(Template)]
#[template(path = "shares/link.html")]
struct LinkPage {
    chrome: Chrome,
    /// To whom the link may go.
    banner: Banner,
    number: String,
    share: Share,
    address: String,
}

impl LinkPage {
    fn back(&self) -> String {
        self.chrome.path(&format!("prescriptions/{}", self.share.prescription_id))
    }

    fn until(&self) -> String {
        self.chrome.datetime(&self.share.expires_at)
    }

    /// What to send with the link: whose prescription and which medicines it does not say.
    fn message(&self) -> String {
        let words = self.chrome.tx("shares.message", &self.chrome.clinic);
        words.replacen("{link}", &self.address, 1).replacen("{until}", &self.until(), 1)
    }

    fn send(&self, with: &str) -> String {
        let message: String =
            url::form_urlencoded::byte_serialize(self.message().as_bytes()).collect();
        // These programs read %20 as a blank, and a plus as a plus.
        format!("{with}{}", message.replace('+', "%20"))
    }
}

/// Makes a link and shows it, once.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 201, description = "The link")))]
#[post("/clinic/{slug}/prescriptions/{id}/shares")]
async fn make(
    clinic: Clinic<Write>,
    id: Id<PrescriptionId>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let link = Link::fresh();
    let outcome = async {
        let new: NewShare = body.fields().read()?;
        clinic
            .write(async |db| {
                let share = super::share(db, id.0, &new, &link).await?;
                let number = prescriptions::present(db, id.0).await?.number.unwrap_or_default();
                let patient = patients::present(db, share.patient_id).await?;
                Ok((share, patient, number))
            })
            .await
    };
    match outcome.await {
        Ok((share, patient, number)) => {
            let chrome = Chrome::new(&clinic, "prescriptions")?;
            let banner = Banner::new(&chrome, &patient);
            let address = address(&request, clinic.app(), &link.path(clinic.slug()));
            page_with(201, &LinkPage { chrome, banner, number, share, address })
        }
        Err(error) => prescriptions::show_again(&clinic, id.0, body.form, error).await,
    }
}

/// Ends a link.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = ShareId, Path,)), responses((status = 303, description = "Ended")))]
#[post("/clinic/{slug}/shares/{id}/revoke")]
async fn revoke(
    clinic: Clinic<Write>,
    id: Id<ShareId>,
    _body: FormBody,
) -> Result<HttpResponse, Error> {
    let share = clinic.write(async |db| super::revoke(db, id.0).await).await?;
    let slug = clinic.slug();
    let place =
        format!("/clinic/{slug}/prescriptions/{}?done=share_revoked", share.prescription_id);
    Ok(Answer::see_other(place).into())
}
